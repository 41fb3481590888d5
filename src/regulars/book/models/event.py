"""What happened, one after another: the timeline that every other part reads."""

from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now

from regulars.book.models.customer import Customer


class CurrentTransaction(Func):
    """The number of the transaction that writes, which no other of this cluster ever has."""

    function = "pg_current_xact_id"
    template = "%(function)s()::text::bigint"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """One thing that happened. Append-only, and without names, texts or contact data.

    Readers go by (epoch, txid, position): position alone is given out before a transaction commits,
    so a reader that goes by it passes over events of those who commit late.
    """

    position = models.BigAutoField(primary_key=True)
    epoch = models.IntegerField(db_default=1, editable=False)
    txid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    kind = models.CharField(max_length=40)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="events", db_index=False
    )
    channel = models.CharField(max_length=20, blank=True)
    staff_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=20, blank=True)
    subject_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    codes = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    source = models.CharField(max_length=40)
    source_key = models.CharField(max_length=120)

    class Meta:
        indexes = (
            models.Index(fields=["epoch", "txid", "position"], name="event_in_reading_order"),
            models.Index(fields=["customer", "occurred_at"], name="event_of_a_customer"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["source", "source_key"], name="event_once_per_source_key"
            ),
            models.CheckConstraint(
                name="event_kind_is_a_code",
                condition=Q(kind__regex=r"^[a-z]+(\.[a-z]+(_[a-z]+)*)?$"),
            ),
            models.CheckConstraint(
                name="event_amount_has_a_currency",
                condition=Q(amount_minor=None, currency="")
                | Q(amount_minor__isnull=False, currency__regex="^[A-Z]{3}$"),
            ),
            models.CheckConstraint(name="event_source_is_named", condition=~Q(source="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d}"
