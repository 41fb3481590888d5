"""What was promised, and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Min, Q, QuerySet

from regulars.book.models import Customer, Event, Promise
from regulars.book.queries.wholes import hanging_on
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.rights import Action
from regulars.company.services import audit


@dataclass(frozen=True)
class Overdue:
    """Promises whose moment has passed while nothing was recorded of it."""

    n: int
    waits: timedelta  # since the moment of the oldest


def unrecorded_breaches(now: datetime) -> Overdue:
    """What the worker has still to record as broken; one statement."""
    late = Promise.objects.filter(
        kept_at=None, withdrawn_at=None, broken_at=None, due_at__lt=now
    ).aggregate(n=Count("pk"), since=Min("due_at"))
    return Overdue(late["n"], now - late["since"] if late["n"] else timedelta(0))


def open_promises(*, due_before: datetime | None = None) -> QuerySet[Promise]:
    """What is still to be kept, broken or not, the longest due first."""
    held = Promise.objects.filter(kept_at=None, withdrawn_at=None)
    if due_before is not None:
        held = held.filter(due_at__lt=due_before)
    return held.select_related("customer__kept", "staff").order_by("due_at", "id")


def promises_of(customer: Customer) -> Sequence[Promise]:
    """Everything promised to a customer with its notes, the latest first; two statements."""
    held = Promise.objects.filter(hanging_on(customer)).select_related("staff")
    return list(held.prefetch_related("notes").order_by("-made_at", "-id"))


def history_of(promise: Promise) -> Sequence[Event]:
    """Everything that happened to a promise, in the order in which it was recorded."""
    held = Event.objects.filter(
        customer_id=promise.customer_id, subject="promise", subject_id=promise.pk
    )
    return list(held.order_by("position"))


def promise_counts(now: datetime) -> dict[str, int]:
    """How many are soon due, broken and still to keep, open, and kept; one statement."""
    is_open = Q(kept_at=None, withdrawn_at=None)
    return Promise.objects.aggregate(
        breaking=Count("pk", filter=is_open & Q(warn_at__lte=now, due_at__gt=now)),
        broken=Count("pk", filter=is_open & Q(due_at__lte=now)),
        open=Count("pk", filter=is_open),
        kept=Count("pk", filter=Q(kept_at__isnull=False)),
    )


def listed_promises(user: Staff | AnonymousUser, state: str, *, now: datetime) -> QuerySet[Promise]:
    """Promises in a state (`breaking`, `broken`, `open`, `kept`) with their customers; noted."""
    staff = staff_who(user, may=Action.SEE_CUSTOMERS)
    held = Promise.objects.select_related("customer__kept", "staff")
    found = {
        "breaking": held.filter(kept_at=None, withdrawn_at=None, warn_at__lte=now, due_at__gt=now),
        "broken": held.filter(kept_at=None, withdrawn_at=None, due_at__lte=now),
        "open": held.filter(kept_at=None, withdrawn_at=None),
    }.get(state)
    audit.record("promise.listed", by=staff.pk, subject_id=None, state=state)
    if found is None:
        return held.filter(kept_at__isnull=False).order_by("-kept_at", "id")
    return found.order_by("due_at", "id")
