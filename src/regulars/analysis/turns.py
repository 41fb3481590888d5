"""The day's list: what presses, over all parts of the house, in the order in which it presses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from regulars.book.models import Promise
from regulars.book.queries.days import days_ahead
from regulars.book.queries.promises import open_promises
from regulars.book.queries.suggestions import n_conflicts_to_decide, n_joins_to_decide
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.queries.company import the_company
from regulars.company.rights import Action
from regulars.readings.models import Taking
from regulars.readings.queries.takings import last_taking, slipping
from regulars.readings.queries.turns import done_since

MOST_SLIPPING = 10  # a day: so many can be called
AGAIN_AFTER_DAYS = 14  # who was called is not on the list for so long
MOST_OF_A_KIND = 50
ONE_BY_ONE = 3  # more promises of a kind are one thing to do
STILL_PRESSES = timedelta(days=14)  # a word broken longer ago has a place elsewhere


class TurnKind(StrEnum):
    """What one can be asked to do."""

    BROKEN = "broken"  # tell whom we let down, and put it right
    BREAKING = "breaking"  # keep a promise that is soon due, or warn
    SLIPPING = "slipping"  # call who is slipping away
    BIRTHDAY = "birthday"  # think of the day
    JOINS = "joins"  # decide who is the same person


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing to do; facts only, the page has the words."""

    kind: TurnKind
    key: str
    customer_id: UUID | None = None
    name: str = ""
    what: str = ""  # the kind of a promise
    due_at: datetime | None = None
    worth_minor: int | None = None
    usual_gap_days: float | None = None
    silent_days: int = 0
    years: int | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class DaysList:
    """What is still to be done today, and how much of it is done."""

    turns: Sequence[Turn]
    n_done: int


def days_list(user: Staff | AnonymousUser, *, now: datetime | None = None) -> DaysList:
    """The list of today, shared by all who see customers; seven statements."""
    staff_who(user, may=Action.SEE_CUSTOMERS)
    moment = now or timezone.now()
    today = moment.astimezone(the_company().zone).date()
    done_today, done_lately = done_since(today, days=1), done_since(today, days=AGAIN_AFTER_DAYS)
    all_turns = [
        *_promises(moment),
        *_slipping(last_taking(), today, done_lately),
        *_birthdays(today),
        *_joins(),
    ]
    return DaysList([turn for turn in all_turns if turn.key not in done_today], len(done_today))


def _promises(now: datetime) -> Iterator[Turn]:
    """What can still be kept first, then what was broken lately, the latest on top.

    What was broken longer ago is on the page of promises: no list of a day should begin with it.
    Many of one kind are one thing to do.
    """
    pressing = open_promises().filter(warn_at__lte=now, due_at__gt=now - STILL_PRESSES)
    held = list(pressing[:MOST_OF_A_KIND])
    breaking = [promise for promise in held if promise.due_at > now]
    broken = [promise for promise in reversed(held) if promise.due_at <= now]
    for kind, promises in ((TurnKind.BREAKING, breaking), (TurnKind.BROKEN, broken)):
        for what, alike in _by_kind(promises).items():
            if len(alike) > ONE_BY_ONE:
                first = alike[0]
                yield Turn(kind, f"{kind}:{what}", what=what, due_at=first.due_at, n=len(alike))
            else:
                yield from (_promise(kind, promise) for promise in alike)


def _by_kind(promises: Sequence[Promise]) -> dict[str, list[Promise]]:
    by: dict[str, list[Promise]] = {}
    for promise in promises:
        by.setdefault(promise.kind, []).append(promise)
    return by


def _promise(kind: TurnKind, promise: Promise) -> Turn:
    customer = promise.customer.whole
    return Turn(
        kind,
        f"{kind}:{promise.pk}",
        customer.pk,
        customer.name,
        what=promise.kind,
        due_at=promise.due_at,
    )


def _slipping(taking: Taking | None, today: date, done_lately: set[str]) -> Iterator[Turn]:
    """The dearest of those who slip away, but not who was called lately."""
    if taking is None:
        return
    n_given = 0
    for one in slipping(taking)[: MOST_SLIPPING + len(done_lately)]:
        key = f"{TurnKind.SLIPPING}:{one.customer_id}"
        if key in done_lately or n_given == MOST_SLIPPING:
            continue
        n_given += 1
        yield Turn(
            TurnKind.SLIPPING,
            key,
            one.customer_id,
            one.customer.name,
            worth_minor=one.year_net_minor,
            usual_gap_days=one.usual_gap_days,
            silent_days=(today - one.last_on).days,
        )


def _birthdays(today: date) -> Iterator[Turn]:
    for ahead in days_ahead(within_days=0, on=today)[:MOST_OF_A_KIND]:
        customer = ahead.day.customer.whole
        yield Turn(
            TurnKind.BIRTHDAY,
            f"{TurnKind.BIRTHDAY}:{customer.pk}",
            customer.pk,
            customer.name,
            years=ahead.years,
        )


def _joins() -> Iterator[Turn]:
    if n := n_joins_to_decide() + n_conflicts_to_decide():
        yield Turn(TurnKind.JOINS, f"{TurnKind.JOINS}:0", n=n)
