"""What was promised to a customer, and until when."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_one_of
from regulars.book.models.order import Order
from regulars.company.models import Staff
from regulars.kit.ids import new_id


class PromiseKind(StrEnum):
    """What was promised."""

    DELIVERY = "delivery"
    CALL_BACK = "call_back"
    REPAIR = "repair"
    REFUND = "refund"
    OTHER = "other"


class PromiseState(StrEnum):
    """Where a promise stands."""

    OPEN = "open"
    BROKEN = "broken"  # due and not kept, and still to be kept
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    WITHDRAWN = "withdrawn"


_IS_OPEN = Q(kept_at=None, withdrawn_at=None)
# Named with its own presence: a comparison with nothing is neither true nor false, and would pass.
_BROKEN_WHEN_DUE = Q(broken_at__isnull=False, broken_at=F("due_at"))


class Promise(models.Model):
    """One promise. `due_at`, `warn_at` and `broken_at` speak of its present date.

    Every earlier date, every warning and every breach stays in the timeline.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=12)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="promises")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="promises")
    made_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    n_moves = models.PositiveSmallIntegerField(default=0)
    n_breaches = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=_IS_OPEN & Q(broken_at=None),
                name="promise_that_may_break",
            ),
            models.Index(
                fields=["warn_at"],
                condition=_IS_OPEN & Q(broken_at=None, warned_at=None),
                name="promise_to_be_warned_of",
            ),
            models.Index(fields=["due_at"], condition=_IS_OPEN, name="promise_that_is_open"),
        )
        constraints = (
            models.CheckConstraint(
                name="promise_kind_is_known", condition=is_one_of("kind", PromiseKind)
            ),
            models.CheckConstraint(
                name="promise_is_due_after_it_was_made",
                condition=Q(due_at__gt=F("made_at"), first_due_at__gt=F("made_at")),
            ),
            models.CheckConstraint(
                name="promise_is_moved_after_it_was_made",
                condition=Q(moved_at=None, n_moves=0)
                | Q(moved_at__isnull=False, n_moves__gt=0)
                & Q(moved_at__gte=F("made_at"), due_at__gt=F("moved_at")),
            ),
            models.CheckConstraint(
                name="promise_is_warned_of_before_it_is_due",
                condition=Q(warn_at__lt=F("due_at"))
                & (Q(warned_at=None) | Q(warned_at__gte=F("warn_at"), warned_at__lt=F("due_at"))),
            ),
            models.CheckConstraint(
                name="promise_is_broken_when_due",
                condition=Q(broken_at=None) | _BROKEN_WHEN_DUE & Q(n_breaches__gt=0),
            ),
            models.CheckConstraint(
                name="promise_is_not_both_kept_and_withdrawn",
                condition=Q(kept_at=None) | Q(withdrawn_at=None),
            ),
            *(
                models.CheckConstraint(
                    name=f"promise_{end}_late_was_broken",
                    condition=Q(**{f"{end}_at": None})
                    | Q(**{f"{end}_at__gt": F("due_at")}) & _BROKEN_WHEN_DUE
                    | Q(**{f"{end}_at__gte": F("made_at"), f"{end}_at__lte": F("due_at")})
                    & Q(broken_at=None),
                )
                for end in ("kept", "withdrawn")
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} until {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be kept, broken or not."""
        return self.kept_at is None and self.withdrawn_at is None

    @property
    def state(self) -> PromiseState:
        """Where it stands, as far as it is recorded."""
        if self.kept_at is not None:
            return PromiseState.KEPT if self.broken_at is None else PromiseState.KEPT_LATE
        if self.withdrawn_at is not None:
            return PromiseState.WITHDRAWN
        return PromiseState.OPEN if self.broken_at is None else PromiseState.BROKEN


class PromisePolicy(models.Model):
    """How long before it is due a promise of a kind is warned of; a default where there is none."""

    kind = models.CharField(max_length=12, primary_key=True)
    warn_before = models.DurationField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="promise_policy_kind_is_known", condition=is_one_of("kind", PromiseKind)
            ),
            models.CheckConstraint(
                name="promise_policy_warns_before",
                condition=Q(warn_before__gt=timedelta(0), warn_before__lte=timedelta(days=365)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.warn_before} before"


def warn_at(*, given_at: datetime, due_at: datetime, warn_before: timedelta) -> datetime:
    """When to warn: so long before, but never in the first half of the time that was given."""
    return due_at - min(warn_before, (due_at - given_at) / 2)
