"""Promises are made, moved, kept and withdrawn."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from regulars.book.models import Customer, Order, Promise
from regulars.book.models.promise import PromiseKind, PromiseState, warn_at
from regulars.book.services.breaches import break_promises, take_breach_back, told_of
from regulars.book.services.fitting import check_code
from regulars.book.services.promise_policies import warn_before
from regulars.book.services.telling import Telling, hold, telling
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_, Message

_SAID = {
    PromiseState.KEPT: N_("kept"),
    PromiseState.KEPT_LATE: N_("kept late"),
    PromiseState.WITHDRAWN: N_("withdrawn"),
}


class DueTooEarly(Refusal):
    """A promise is for later."""

    def __init__(self, due_at: datetime, after: datetime) -> None:
        super().__init__(
            "due_too_early",
            N_("A promise is for later: {due_at} is not after {after}."),
            N_("Give a later moment."),
            due_at=due_at.isoformat(),
            after=after.isoformat(),
        )


class PromiseClosed(Refusal):
    """It was kept or withdrawn."""

    def __init__(self, state: PromiseState) -> None:
        super().__init__(
            "promise_closed",
            N_("This promise is closed: {state}."),
            N_("Make a new one if there is something more to keep."),
            state=Message(_SAID[state]),
        )


class BeforeLastChange(Refusal):
    """It is told as done before the promise had its present date."""

    def __init__(self, at: datetime, changed_at: datetime) -> None:
        super().__init__(
            "before_last_change",
            N_("{at} lies before {changed_at}, when this promise got its present date."),
            N_("Give the moment at which it happened, after that."),
            at=at.isoformat(),
            changed_at=changed_at.isoformat(),
        )


@transaction.atomic
def make_promise(
    customer: Customer,
    *,
    kind: PromiseKind,
    due_at: datetime,
    made_at: datetime | None = None,
    order: Order | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Promise:
    """Promise something until a moment; a moment that has passed since is for those who import."""
    told = telling(made_at, source=source, source_key=source_key, by=by)
    customer = hold(customer)
    if (again := told.before("promise.made")) is not None:
        return Promise.objects.get(pk=again)
    if due_at <= told.at:
        raise DueTooEarly(due_at, told.at)
    made = Promise.objects.create(
        customer=customer,
        kind=kind,
        order=order,
        staff_id=by,
        made_at=told.at,
        first_due_at=due_at,
        due_at=due_at,
        warn_at=warn_at(given_at=told.at, due_at=due_at, warn_before=warn_before(kind)),
    )
    _write("promise.made", made, told, order=str(order.pk) if order else None)
    return made


@transaction.atomic
def move_promise(
    promise: Promise,
    *,
    due_at: datetime,
    why: str,
    moved_at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Promise:
    """Promise another moment. What was broken by then stays broken; the new moment counts anew."""
    check_code("why", why)
    told = telling(moved_at, source=source, source_key=source_key, by=by)
    locked = _locked(promise)
    if told.was_done_to("promise.moved", locked.pk):
        return locked
    _refuse_unless_open(locked, told.at)
    if due_at <= told.at:
        raise DueTooEarly(due_at, told.at)
    _settle(locked, told.at)
    was_due_at, locked.due_at, locked.moved_at = locked.due_at, due_at, told.at
    lead = warn_before(PromiseKind(locked.kind))
    locked.warn_at = warn_at(given_at=told.at, due_at=due_at, warn_before=lead)
    locked.warned_at = locked.broken_at = None
    locked.n_moves += 1
    locked.save(
        update_fields=["due_at", "moved_at", "warn_at", "warned_at", "broken_at", "n_moves"]
    )
    _write(
        "promise.moved", locked, told, was_due_at=was_due_at.astimezone(UTC).isoformat(), why=why
    )
    return locked


@transaction.atomic
def keep_promise(
    promise: Promise,
    *,
    kept_at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Promise:
    """Note that a promise was kept. Late, it was broken first: both stay."""
    told = telling(kept_at, source=source, source_key=source_key, by=by)
    locked = _locked(promise)
    if told.was_done_to("promise.kept", locked.pk):
        return locked
    _refuse_unless_open(locked, told.at)
    _settle(locked, told.at)
    locked.kept_at = told.at
    locked.save(update_fields=["kept_at"])
    _write("promise.kept", locked, told, is_late=locked.broken_at is not None)
    return locked


@transaction.atomic
def withdraw_promise(
    promise: Promise,
    *,
    why: str,
    withdrawn_at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Promise:
    """Note that a promise need not be kept any more. After its moment it was broken first."""
    check_code("why", why)
    told = telling(withdrawn_at, source=source, source_key=source_key, by=by)
    locked = _locked(promise)
    if told.was_done_to("promise.withdrawn", locked.pk):
        return locked
    _refuse_unless_open(locked, told.at)
    _settle(locked, told.at)
    locked.withdrawn_at = told.at
    locked.save(update_fields=["withdrawn_at"])
    _write("promise.withdrawn", locked, told, why=why)
    return locked


def _locked(promise: Promise) -> Promise:
    found = Promise.objects.select_for_update(no_key=True, of=("self",))
    return found.select_related("customer").get(pk=promise.pk)


def _refuse_unless_open(promise: Promise, at: datetime) -> None:
    if not promise.is_open:
        raise PromiseClosed(promise.state)
    changed_at = promise.moved_at or promise.made_at
    if at < changed_at:
        raise BeforeLastChange(at, changed_at)


def _settle(promise: Promise, at: datetime) -> None:
    """Bring the breach to what it was at the moment of a change, whatever was recorded till now."""
    is_broken = promise.broken_at is not None
    if at > promise.due_at and not is_broken:
        break_promises([promise])
    elif at <= promise.due_at and is_broken:
        take_breach_back(promise)


def _write(kind: str, promise: Promise, told: Telling, **codes: object) -> None:
    told.write(
        kind,
        promise.customer,
        subject="promise",
        subject_id=promise.pk,
        codes=told_of(promise) | codes,
    )
