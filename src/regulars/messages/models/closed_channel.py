"""Addresses to which nothing is sent any more, and why."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models import Customer
from regulars.book.models.consent import MessageChannel
from regulars.book.models.laws import is_one_of, is_told
from regulars.kit.ids import new_id


class ClosedReason(StrEnum):
    """Why nothing goes to an address."""

    HARD_BOUNCE = "hard_bounce"  # there is no such address
    SOFT_BOUNCES = "soft_bounces"  # too often in a row it took nothing
    COMPLAINT = "complaint"  # the reader called it spam: service messages still go


class ClosedChannel(models.Model):
    """One address that was closed; a person can open it again, and what was stays to be seen."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=320)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="closed_channels"
    )
    reason = models.CharField(max_length=12)
    status = models.CharField(max_length=20, blank=True)  # as the other side said: "5.1.1"
    closed_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True)
    opened_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "address", "reason"],
                condition=Q(opened_at=None),
                name="channel_is_closed_once_a_reason",
            ),
            models.CheckConstraint(
                name="closed_channel_is_known", condition=is_one_of("channel", MessageChannel)
            ),
            models.CheckConstraint(
                name="closed_channel_reason_is_known", condition=is_one_of("reason", ClosedReason)
            ),
            models.CheckConstraint(
                name="closed_channel_names_an_address", condition=is_told("address")
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"


class SoftBounce(models.Model):
    """One temporary bounce of an address; several in a row close it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=320)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="soft_bounces")
    outgoing_id = models.UUIDField(unique=True)  # a message that is late bounces again and again
    status = models.CharField(max_length=20, blank=True)
    bounced_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["channel", "address"], name="soft_bounce_of_an_address"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.status}"
