"""Promises by the thousand: what is new in a few statements, what changed through the services."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from regulars.book.kept import Outcome
from regulars.book.models import Customer, Event, Order, Promise
from regulars.book.models.promise import PromiseKind, warn_at
from regulars.book.services.breaches import told_of, write_broken
from regulars.book.services.promise_policies import warn_before
from regulars.book.services.promises import (
    keep_promise,
    make_promise,
    move_promise,
    withdraw_promise,
)

MOVED_BY_SOURCE = "source"  # why it was moved: whoever recorded it tells another date now


@dataclass(frozen=True, kw_only=True)
class PromiseTold:
    """One promise as its source knows it now."""

    source: str
    source_key: str
    customer: Customer
    kind: PromiseKind
    made_at: datetime
    due_at: datetime
    order: Order | None = None
    kept_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def event_key(self) -> str:
        """By what the timeline knows that it was made."""
        return f"promise:{self.source_key}"


def known_promises(told: Sequence[PromiseTold]) -> Mapping[str, bool]:
    """Of some promises of one source those the book holds, and whether nothing is new of them.

    What was kept or withdrawn here stays so, whatever its source tells.
    """
    held = _held(told)
    return {
        each.source_key: not promise.is_open
        or (each.kept_at is None and each.withdrawn_at is None and each.due_at == promise.due_at)
        for each in told
        if (promise := held.get(each.event_key)) is not None
    }


def _held(told: Sequence[PromiseTold]) -> dict[str, Promise]:
    made = Event.objects.filter(
        source=told[0].source,
        source_key__in=[each.event_key for each in told],
        kind="promise.made",
    ).values_list("source_key", "subject_id")
    ids = dict(made)
    promises = Promise.objects.in_bulk([pk for pk in ids.values() if pk is not None])
    return {key: promises[pk] for key, pk in ids.items() if pk in promises}


def is_plain(told: PromiseTold) -> bool:
    """Whether a promise follows the rules that its service knows words for."""
    now = timezone.now()
    ends = [at for at in (told.kept_at, told.withdrawn_at) if at is not None]
    return (
        told.made_at <= now
        and told.due_at > told.made_at
        and len(ends) < 2
        and all(told.made_at <= at <= now for at in ends)
    )


def add_promises(told: Sequence[PromiseTold]) -> None:
    """Write promises that the book does not hold, with what became of them."""
    leads = {kind: warn_before(kind) for kind in {each.kind for each in told}}
    made = [_promise(each, leads[each.kind]) for each in told]
    Promise.objects.bulk_create(made)
    pairs = list(zip(made, told, strict=True))
    Event.objects.bulk_create(
        _event("promise.made", promise, each, each.made_at, "", order=_id(each.order))
        for promise, each in pairs
    )
    write_broken([promise for promise in made if promise.broken_at is not None])
    Event.objects.bulk_create(_ends(pairs))


def _promise(told: PromiseTold, lead: timedelta) -> Promise:
    """Past its moment when it was kept or withdrawn, it was broken first."""
    ended_at = told.kept_at or told.withdrawn_at
    is_late = ended_at is not None and ended_at > told.due_at
    return Promise(
        customer=told.customer,
        kind=told.kind,
        order=told.order,
        made_at=told.made_at,
        first_due_at=told.due_at,
        due_at=told.due_at,
        warn_at=warn_at(given_at=told.made_at, due_at=told.due_at, warn_before=lead),
        broken_at=told.due_at if is_late else None,
        n_breaches=int(is_late),
        kept_at=told.kept_at,
        withdrawn_at=told.withdrawn_at,
    )


def _ends(pairs: Sequence[tuple[Promise, PromiseTold]]) -> Iterator[Event]:
    for promise, told in pairs:
        if told.kept_at is not None:
            is_late = promise.broken_at is not None
            yield _event("promise.kept", promise, told, told.kept_at, ":kept", is_late=is_late)
        elif told.withdrawn_at is not None:
            at, why = told.withdrawn_at, MOVED_BY_SOURCE
            yield _event("promise.withdrawn", promise, told, at, ":withdrawn", why=why)


def _event(
    kind: str, promise: Promise, told: PromiseTold, at: datetime, verb: str, **codes: object
) -> Event:
    return Event(
        kind=kind,
        customer_id=promise.customer_id,
        occurred_at=at,
        source=told.source,
        source_key=told.event_key + verb,
        subject="promise",
        subject_id=promise.pk,
        codes=told_of(promise) | codes,
    )


def _id(order: Order | None) -> str | None:
    return str(order.pk) if order else None


def keep_told_promise(told: PromiseTold) -> Outcome:
    """Bring one up to what its source tells; gives what became of it."""
    promise = _held([told]).get(told.event_key)
    is_new = promise is None
    if promise is None:
        promise = make_promise(
            told.customer,
            kind=told.kind,
            due_at=told.due_at,
            made_at=told.made_at,
            order=told.order,
            source=told.source,
            source_key=told.event_key,
            by=None,
        )
    _bring_up(promise, told)
    return Outcome.NEW if is_new else Outcome.CHANGED


def _bring_up(promise: Promise, told: PromiseTold) -> None:
    source, key = told.source, told.event_key
    if told.kept_at is not None:
        keep_promise(
            promise, kept_at=told.kept_at, source=source, source_key=f"{key}:kept", by=None
        )
    elif told.withdrawn_at is not None:
        withdraw_promise(
            promise,
            why=MOVED_BY_SOURCE,
            withdrawn_at=told.withdrawn_at,
            source=source,
            source_key=f"{key}:withdrawn",
            by=None,
        )
    elif told.due_at != promise.due_at:
        key = f"{key}:{told.due_at:%Y%m%d%H%M%S}"
        move_promise(
            promise,
            due_at=told.due_at,
            why=MOVED_BY_SOURCE,
            source=source,
            source_key=key,
            by=None,
        )
