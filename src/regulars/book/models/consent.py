"""What customers agreed to hear from us, and the proof of it."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_code, is_one_of
from regulars.kit.ids import new_id


class MessageChannel(StrEnum):
    """How a message reaches a customer."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"
    CHAT = "chat"
    PUSH = "push"


class MessagePurpose(StrEnum):
    """What a message is for."""

    NEWS = "news"
    OFFERS = "offers"
    SURVEYS = "surveys"
    GREETINGS = "greetings"
    SERVICE = "service"  # belongs to an order, a promise or a case: nobody is asked for it


class ConsentHow(StrEnum):
    """By what act consent was given or withdrawn."""

    FORM = "form"
    IN_PERSON = "in_person"
    BY_PHONE = "by_phone"
    ON_PAPER = "on_paper"
    LINK = "link"  # in a message
    REPLY = "reply"  # "STOP"
    COMPLAINT = "complaint"  # the customer's mail house reported us
    IMPORTED = "imported"


class ConsentWording(models.Model):
    """The words that somebody agreed to. Append-only: other words are another version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=20)
    text = models.TextField()
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code", "version", "language"], name="wording_has_one_text_a_version"
            ),
            models.CheckConstraint(name="wording_code_is_a_code", condition=is_code("code")),
            models.CheckConstraint(
                name="wording_version_counts_from_one", condition=Q(version__gte=1)
            ),
            models.CheckConstraint(name="wording_says_something", condition=~Q(text="")),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.version} ({self.language})"


class Consent(models.Model):
    """One consent given or withdrawn, for one channel and purpose. Append-only.

    What holds is the latest by `occurred_at`. It holds codes only, so that the proof survives an
    erasure.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents", db_index=False)
    act_id = models.UUIDField(db_index=True)  # what was given or withdrawn in one act
    channel = models.CharField(max_length=8)
    purpose = models.CharField(max_length=12)
    is_given = models.BooleanField()
    how = models.CharField(max_length=12)
    wording = models.ForeignKey(ConsentWording, models.PROTECT, null=True)  # null: not known
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = (
            models.Index(
                fields=["customer", "channel", "purpose", "-occurred_at"],
                name="consent_of_a_customer",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["act_id", "channel", "purpose"], name="consent_is_said_once_in_an_act"
            ),
            models.CheckConstraint(
                name="consent_channel_is_known", condition=is_one_of("channel", MessageChannel)
            ),
            models.CheckConstraint(
                name="consent_purpose_is_known", condition=is_one_of("purpose", MessagePurpose)
            ),
            models.CheckConstraint(
                name="consent_is_not_asked_for_service",
                condition=~Q(purpose=MessagePurpose.SERVICE.value),
            ),
            models.CheckConstraint(
                name="consent_how_is_known", condition=is_one_of("how", ConsentHow)
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose} {'given' if self.is_given else 'withdrawn'}"
