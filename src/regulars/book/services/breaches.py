"""Deadlines of promises: warned of before, broken at the moment they were due.

They run on time and on what stands in the table, never on a place in the timeline: whatever stood
still meanwhile, the next run finds the same rows.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from regulars.book.models import Event, Promise

BATCH = 500
SOURCE = "promises"  # of events that the house itself writes
_OPEN = Q(kept_at=None, withdrawn_at=None, broken_at=None)


@transaction.atomic
def record_breaches(now: datetime) -> int:
    """Record the next promises whose moment has passed; gives how many.

    What another worker, or a person who keeps a promise right now, has locked is passed over: the
    next run looks again.
    """
    found = _claimed(Promise.objects.filter(_OPEN, due_at__lt=now).order_by("due_at"))
    break_promises(found)
    return len(found)


@transaction.atomic
def record_warnings(now: datetime) -> int:
    """Record the next warnings; gives how many. After its moment a promise is not warned of."""
    ripe = Promise.objects.filter(_OPEN, warned_at=None, warn_at__lte=now, due_at__gt=now)
    found = _claimed(ripe.order_by("warn_at"))
    if found:
        _among(found).update(warned_at=now)
        _write("promise.warned", found, lambda _: now)
    return len(found)


def break_promises(promises: Sequence[Promise]) -> None:
    """Record locked promises as broken, each at the moment it was due; three statements."""
    if not promises:
        return
    _among(promises).update(broken_at=F("due_at"), n_breaches=F("n_breaches") + 1)
    write_broken(promises)
    for promise in promises:
        promise.broken_at, promise.n_breaches = promise.due_at, promise.n_breaches + 1


def write_broken(promises: Sequence[Promise]) -> None:
    """Write into the timeline that promises were broken, each at the moment it was due."""
    _write("promise.broken", promises, lambda promise: promise.due_at)


def take_breach_back(promise: Promise) -> None:
    """It was kept, moved or withdrawn in time, and told after the breach was recorded.

    The event of the breach stays; another one says that it was none.
    """
    _among([promise]).update(broken_at=None, n_breaches=F("n_breaches") - 1)
    now = timezone.now()
    _write("promise.not_broken", [promise], lambda _: now)
    promise.broken_at, promise.n_breaches = None, promise.n_breaches - 1


def told_of(promise: Promise) -> dict[str, object]:
    """The codes that every event of a promise holds."""
    return {"promise": promise.kind, "due_at": promise.due_at.astimezone(UTC).isoformat()}


def _claimed(promises: QuerySet[Promise]) -> list[Promise]:
    return list(promises.select_for_update(skip_locked=True, no_key=True)[:BATCH])


def _among(promises: Sequence[Promise]) -> QuerySet[Promise]:
    return Promise.objects.filter(pk__in=[promise.pk for promise in promises])


def _write(
    kind: str, promises: Sequence[Promise], occurred_at: Callable[[Promise], datetime]
) -> None:
    """One event a promise and date; the key holds the date's number, so that none comes twice."""
    verb = kind.partition(".")[2]
    Event.objects.bulk_create(
        Event(
            kind=kind,
            customer_id=promise.customer_id,
            subject="promise",
            subject_id=promise.pk,
            occurred_at=occurred_at(promise),
            codes=told_of(promise),
            source=SOURCE,
            source_key=f"{promise.pk}:{promise.n_moves}:{verb}",
        )
        for promise in promises
    )
