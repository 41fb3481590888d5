"""Where customers are met and who meets them: branches, departments, channels."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from regulars.kit.ids import new_id
from regulars.kit.texts import N_


class ChannelKind(StrEnum):
    """By what way a customer comes."""

    SHOP = "shop"
    WEB = "web"
    APP = "app"
    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    MAIL = "mail"  # on paper


KIND_WORDS = {
    ChannelKind.SHOP: N_("Shop"),
    ChannelKind.WEB: N_("Website"),
    ChannelKind.APP: N_("App"),
    ChannelKind.PHONE: N_("Phone"),
    ChannelKind.EMAIL: N_("E-mail"),
    ChannelKind.CHAT: N_("Chat"),
    ChannelKind.MAIL: N_("Letter"),
}


class Place(models.Model):
    """One branch, department or channel. Its code is for good: orders and events name it.

    What is closed stays for what happened there; nothing new is written down under it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ("code",)
        constraints = [  # noqa: RUF012 - a channel has more of them
            models.CheckConstraint(
                name="%(class)s_code_is_a_code",
                condition=Q(code__regex=r"^[a-z0-9]+([_-][a-z0-9]+)*$"),
            ),
            models.CheckConstraint(name="%(class)s_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Branch(Place):
    """A shop, an office, a depot."""

    time_zone = models.CharField(max_length=60, blank=True)  # empty: the company's


class Department(Place):
    """People here who share a task, such as the warehouse."""


class Channel(Place):
    """A way by which customers reach the company or it reaches them."""

    kind = models.CharField(max_length=8)

    class Meta(Place.Meta):
        constraints = [  # noqa: RUF012
            *Place.Meta.constraints,
            models.CheckConstraint(
                name="channel_kind_is_known",
                condition=Q(kind__in=[kind.value for kind in ChannelKind]),
            ),
        ]
