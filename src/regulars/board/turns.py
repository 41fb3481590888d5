"""The day's list in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from regulars.analysis.turns import Turn, TurnKind
from regulars.board.wording import PROMISE_WORDS
from regulars.book.queries.access import PREFIX
from regulars.kit.ids import readable
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say, say_n


@dataclass(frozen=True, slots=True)
class TurnShown:
    """One thing to do, as it is read."""

    key: str
    what: str
    why: str
    address: str
    chip: str  # what presses, in words
    tone: str  # soon, broken


def shown(turns: Sequence[Turn], *, lang: str, zone: ZoneInfo, numbers: Numbers) -> list[TurnShown]:
    """The list as a page shows it."""
    return [_shown(turn, lang, zone, numbers) for turn in turns]


def _shown(turn: Turn, lang: str, zone: ZoneInfo, numbers: Numbers) -> TurnShown:
    name = turn.name or say(N_("somebody without a name"), lang)
    address = reverse("board:joins")
    if turn.customer_id is not None:
        address = reverse("board:customer", args=[readable(PREFIX, turn.customer_id)])
    if turn.kind in (TurnKind.BROKEN, TurnKind.BREAKING):
        return _promise(turn, name, address, lang, zone, numbers)
    if turn.kind == TurnKind.SLIPPING:
        return TurnShown(
            turn.key,
            say(N_("Call {name}"), lang, name=name),
            _why_call(turn, lang, numbers),
            address,
            "",
            "",
        )
    if turn.kind == TurnKind.BIRTHDAY:
        what = say(N_("Wish {name} a happy birthday"), lang, name=name)
        why = "" if turn.years is None else say_n("{n} today.", "{n} today.", turn.years, lang)
        return TurnShown(turn.key, what, why, address, "", "")
    what = say_n(
        "Decide whether two records are one person",
        "Decide of {n} pairs whether they are one person",
        turn.n,
        lang,
    )
    return TurnShown(
        turn.key,
        what,
        say(N_("Their names, addresses or numbers are alike."), lang),
        address,
        "",
        "",
    )


def _promise(
    turn: Turn, name: str, address: str, lang: str, zone: ZoneInfo, numbers: Numbers
) -> TurnShown:
    due: datetime = (turn.due_at or datetime.now(zone)).astimezone(zone)
    told = {"what": say(PROMISE_WORDS[turn.what], lang), "when": numbers.moment(due)}
    is_broken = turn.kind == TurnKind.BROKEN
    chip = say(N_("Broken") if is_broken else N_("Breaks {when}"), lang, **told)
    tone = "broken" if is_broken else "soon"
    if turn.n:
        address = f"{reverse('board:promises')}?state={turn.kind}"
        return TurnShown(turn.key, _many(turn, lang), "", address, chip, tone)
    what = N_("Keep our word to {name}, or warn them")
    if is_broken:
        what = N_("Tell {name}, and put it right")
    why = say(N_("We promised {what} by {when}."), lang, **told)
    return TurnShown(turn.key, say(what, lang, name=name), why, address, chip, tone)


def _many(turn: Turn, lang: str) -> str:
    called = say(PROMISE_WORDS[turn.what], lang)
    if turn.kind == TurnKind.BROKEN:
        return say_n(
            "Put right what we promised {n} customer: {what}",
            "Put right what we promised {n} customers: {what}",
            turn.n,
            lang,
            what=called,
        )
    return say_n(
        "Keep our word to {n} customer, or warn them: {what}",
        "Keep our word to {n} customers, or warn them: {what}",
        turn.n,
        lang,
        what=called,
    )


def _why_call(turn: Turn, lang: str, numbers: Numbers) -> str:
    worth = numbers.money(turn.worth_minor or 0, significant=3)
    if turn.usual_gap_days is None:
        return say_n(
            "Silent for {n} day. Worth about {worth} a year.",
            "Silent for {n} days. Worth about {worth} a year.",
            turn.silent_days,
            lang,
            worth=worth,
        )
    return say_n(
        "Came every day; it has been {silent}. Worth about {worth} a year.",
        "Came every {n} days; it has been {silent}. Worth about {worth} a year.",
        max(1, round(turn.usual_gap_days)),
        lang,
        silent=numbers.count(turn.silent_days),
        worth=worth,
    )
