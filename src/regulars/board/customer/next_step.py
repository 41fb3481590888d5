"""What to do next for a customer, and why: the first of what presses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from regulars.board.wording import PROMISE_WORDS
from regulars.book.models import Promise
from regulars.book.models.promise import PromiseState
from regulars.book.queries.days import DayAhead
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say
from regulars.readings.models import Standing

_SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, why, and how it presses."""

    do: str
    why: str
    tone: str = ""  # soon, broken


def next_step(
    promises: Sequence[Promise],
    standing: Standing | None,
    days: Sequence[DayAhead],
    *,
    now: datetime,
    zone: ZoneInfo,
    lang: str,
) -> NextStep | None:
    """A broken word first, then one that is soon due, then who slips away, then a day to think of.

    None where nothing presses.
    """
    return (
        _promised(promises, now, zone, lang)
        or _slipping(standing, now, zone, lang)
        or _day(days, now, zone, lang)
    )


def _promised(
    promises: Sequence[Promise], now: datetime, zone: ZoneInfo, lang: str
) -> NextStep | None:
    numbers = Numbers(lang)
    for promise in sorted((each for each in promises if each.is_open), key=lambda one: one.due_at):
        told = {
            "what": say(PROMISE_WORDS[promise.kind], lang),
            "day": numbers.day(promise.due_at.astimezone(zone).date()),
        }
        if promise.state == PromiseState.BROKEN or promise.due_at < now:
            return NextStep(
                say(N_("Tell them, and put it right"), lang),
                say(N_("We promised {what} by {day}, and it has not happened."), lang, **told),
                "broken",
            )
        if promise.warn_at <= now:
            return NextStep(
                say(N_("See that it happens, or warn them"), lang),
                say(N_("We promised {what} by {day}."), lang, **told),
                "soon",
            )
    return None


def _slipping(
    standing: Standing | None, now: datetime, zone: ZoneInfo, lang: str
) -> NextStep | None:
    if standing is None or standing.activity != "lapsing" or standing.usual_gap_days is None:
        return None
    silent = (now.astimezone(zone).date() - standing.last_on).days
    return NextStep(
        say(N_("Call them"), lang),
        say(
            N_("They came about every {usual} days; it has been {silent}."),
            lang,
            usual=max(1, round(standing.usual_gap_days)),
            silent=silent,
        ),
        "soon",
    )


def _day(days: Sequence[DayAhead], now: datetime, zone: ZoneInfo, lang: str) -> NextStep | None:
    today = now.astimezone(zone).date()
    for ahead in days:
        if (ahead.on - today).days <= _SOON_DAYS and ahead.day.kind == "birthday":
            return NextStep(
                say(N_("Wish them a happy birthday"), lang),
                say(N_("On {day}."), lang, day=Numbers(lang).day(ahead.on)),
            )
    return None
