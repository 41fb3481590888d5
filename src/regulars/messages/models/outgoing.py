"""What leaves the house: one row a message, and apart from it what it says and to whom."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models import Customer
from regulars.book.models.consent import MessagePurpose
from regulars.book.models.laws import is_code, is_code_or_empty, is_one_of, is_told
from regulars.kit.ids import new_id


class OutgoingChannel(StrEnum):
    """By what way a message leaves; the first two are named as in consents."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"


class OutgoingState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"  # for its time, or for another try
    DEFERRED = "deferred"  # put off by the budget; goes on like waiting
    PAUSED = "paused"  # kept until somebody lets it go on
    LEASED = "leased"  # a sender has it in hand
    SENT = "sent"
    FAILED = "failed"  # refused for good, or its tries are used up
    DROPPED = "dropped"  # by us: undone, expired, no consent, over the cap
    MERGED = "merged"  # said in another message


OPEN_STATES = frozenset(
    {
        OutgoingState.WAITING,
        OutgoingState.DEFERRED,
        OutgoingState.PAUSED,
        OutgoingState.LEASED,
    }
)
READY_STATES = frozenset({OutgoingState.WAITING, OutgoingState.DEFERRED})
_OPEN = Q(state__in=sorted(state.value for state in OPEN_STATES))
_READY = Q(state__in=sorted(state.value for state in READY_STATES))
_IN_HAND = Q(state=OutgoingState.LEASED.value)


class Lane(models.Model):
    """Messages that leave one after another; its row gives out the places, and is the lock."""

    name = models.CharField(primary_key=True, max_length=90)  # ids only, no address
    last_sequence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Outgoing(models.Model):
    """One message on its way out. It holds ids, times and codes; what it says lies in its content.

    Two messages of one `lane` leave in the order of their `sequence`: the later one waits until the
    earlier is through, whatever became of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=8)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="outgoing", db_index=False
    )
    purpose = models.CharField(max_length=12)
    kind = models.CharField(max_length=60)  # what it is, e.g. "promise.late"
    key = models.CharField(max_length=120, unique=True)  # the same key is the same message
    endpoint_id = models.UUIDField(null=True)  # of a webhook
    lane = models.ForeignKey(Lane, models.PROTECT, null=True, db_index=False)  # null: any order
    sequence = models.BigIntegerField(null=True)
    priority = models.SmallIntegerField(default=5)  # 0 goes first
    state = models.CharField(max_length=8, default=OutgoingState.WAITING.value)
    fate = models.CharField(max_length=40, blank=True)  # why it stands as it does
    queued_at = models.DateTimeField(db_default=Now(), editable=False)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)  # worth nothing after that
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    n_deferrals = models.PositiveSmallIntegerField(default=0)
    lease_id = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    admitted_at = models.DateTimeField(null=True)  # when the gate let it through
    ended_at = models.DateTimeField(null=True)  # sent, failed, dropped or merged
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["channel", "priority", "next_try_at"],
                name="outgoing_ready",
                condition=_READY,
            ),
            models.Index(
                fields=["lease_until"],
                name="outgoing_in_hand",
                condition=_IN_HAND,
            ),
            models.Index(
                fields=["lane", "sequence"],
                name="outgoing_open_in_lane",
                condition=_OPEN & ~Q(lane=None),
            ),
            models.Index(
                fields=["endpoint_id"],
                name="outgoing_open_at_an_endpoint",
                condition=_OPEN & ~Q(endpoint_id=None),
            ),
            models.Index(fields=["customer", "queued_at"], name="outgoing_of_a_customer"),
        )
        constraints = (
            models.UniqueConstraint(fields=["lane", "sequence"], name="outgoing_has_its_place"),
            models.CheckConstraint(
                name="outgoing_channel_is_known", condition=is_one_of("channel", OutgoingChannel)
            ),
            models.CheckConstraint(
                name="outgoing_purpose_is_known", condition=is_one_of("purpose", MessagePurpose)
            ),
            models.CheckConstraint(
                name="outgoing_state_is_known", condition=is_one_of("state", OutgoingState)
            ),
            models.CheckConstraint(name="outgoing_kind_is_a_code", condition=is_code("kind")),
            models.CheckConstraint(
                name="outgoing_fate_is_a_code", condition=is_code_or_empty("fate")
            ),
            models.CheckConstraint(name="outgoing_has_a_key", condition=is_told("key")),
            models.CheckConstraint(
                name="outgoing_in_a_lane_has_a_place",
                condition=Q(lane=None) ^ Q(sequence__isnull=False),
            ),
            models.CheckConstraint(
                name="outgoing_webhook_has_an_endpoint",
                condition=Q(channel=OutgoingChannel.WEBHOOK.value) ^ Q(endpoint_id=None),
            ),
            models.CheckConstraint(
                name="outgoing_in_hand_has_a_lease",
                condition=_IN_HAND ^ Q(lease_id=None, lease_until=None),
            ),
            models.CheckConstraint(
                name="outgoing_is_open_or_ended",
                condition=_OPEN ^ Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="outgoing_merged_names_the_other",
                condition=Q(state=OutgoingState.MERGED.value) ^ Q(merged_into=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it may still leave."""
        return self.state in OPEN_STATES


class OutgoingContent(models.Model):
    """To whom a message goes and what it says. It lies apart so that it can be erased alone."""

    outgoing = models.OneToOneField(
        Outgoing, models.CASCADE, primary_key=True, related_name="content"
    )
    address = models.CharField(max_length=320, blank=True)  # empty: of a webhook
    payload = models.JSONField()
    last_answer = models.TextField(blank=True)  # what the provider said; may name the address

    def __str__(self) -> str:
        return str(self.outgoing_id)
