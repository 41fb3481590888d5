"""Who is slipping away, and what is at stake."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.report.facts import Facts, SlippingFacts, SlippingRow
from regulars.report.proofs import Proof, count_proof
from regulars.report.words import Cannot, Words

_OPEN = 10


@dataclass(frozen=True, slots=True)
class SlippingLine:
    """One customer of the list."""

    customer: str
    number: str  # what the files call them, where that is not the name
    standing: Markup
    last: str
    change: Markup
    worth: str
    odds: str


@dataclass(frozen=True, slots=True)
class SlippingView:
    """The list one can act on, or why there is none."""

    says: Markup
    caption: Markup
    odds_head: Markup
    has_worth: bool
    lines: Sequence[SlippingLine]
    n_open: int  # the first lines, shown at once; the rest opens
    rest: Markup
    where: Markup
    cannot: Cannot | None
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> SlippingView:
    """The first of those who are slipping, the dearest on top."""
    told = facts.slipping
    horizon = facts.expected.horizon_days
    rows = told.rows if told else []
    has_worth = told is not None and told.worth_a_year_minor is not None
    return SlippingView(
        says=_says(told, words) if told else Markup(),
        caption=_caption(words, has_worth=has_worth),
        odds_head=words.say_n("Buys within {n} day", "Buys within {n} days", horizon),
        has_worth=has_worth,
        lines=[_line(row, words) for row in rows],
        n_open=_OPEN,
        rest=words.say_n("{n} more", "{n} more", max(0, len(rows) - _OPEN)),
        where=_where(told, words) if told else Markup(),
        cannot=words.cannot_code(facts.model.why_not) if told is None else None,
        proofs=[_proof(told, horizon, words)] if told and told.n else [],
    )


def what_changed(row: SlippingRow, words: Words) -> Markup:
    """The rhythm there was and the silence there is."""
    if row.usual_gap_days is None:
        return words.say_n("Silent for {n} day", "Silent for {n} days", row.silent_days)
    return words.say_n(
        "Every day, now {silent} days",
        "Every {n} days, now {silent}",
        max(1, round(row.usual_gap_days)),
        silent=words.numbers.count(row.silent_days),
    )


def _caption(words: Words, *, has_worth: bool) -> Markup:
    if has_worth:
        return words.say("Customers who are slipping away, worth most first")
    return words.say("Customers who are slipping away, the most frequent first")


def _says(told: SlippingFacts, words: Words) -> Markup:
    if told.n == 0:
        return words.say("Nobody who used to come back is slipping away.")
    people = words.pressed("p-slipping", words.numbers.count(told.n))
    if told.worth_a_year_minor is None:
        return words.say_n(
            "{n} customer used to come back and is now silent for longer than usual.",
            "{n} customers used to come back and are now silent for longer than usual.",
            told.n,
            n=people,
        )
    return words.say_n(
        "{n} customer used to come back and is now silent for longer than usual. "
        "At stake: about {worth} a year.",
        "{n} customers used to come back and are now silent for longer than usual. "
        "At stake: about {worth} a year.",
        told.n,
        n=people,
        worth=words.pressed(
            "p-slipping", words.numbers.money(told.worth_a_year_minor, significant=3)
        ),
    )


def _where(told: SlippingFacts, words: Words) -> Markup:
    if len(told.rows) >= told.n:
        return words.say(
            "All of them are also in customers.csv: look for lapsing in the column activity."
        )
    return words.say(
        "1 to {shown} of {n}. All of them are in customers.csv: look for lapsing in the column "
        "activity.",
        shown=words.numbers.count(len(told.rows)),
        n=words.numbers.count(told.n),
    )


def _line(row: SlippingRow, words: Words) -> SlippingLine:
    days = words.say_n("bought on {n} day", "bought on {n} days", row.n_days)
    return SlippingLine(
        customer=words.customer(row.called),
        number="" if row.called == row.customer else row.customer,
        standing=words.say("regular, {days}", days=days) if row.is_regular else days,
        last=words.numbers.day(row.last_on),
        change=what_changed(row, words),
        worth=""
        if row.worth_a_year_minor is None
        else words.numbers.money(row.worth_a_year_minor, significant=3),
        odds=words.numbers.odds(row.odds),
    )


def _proof(told: SlippingFacts, horizon: int, words: Words) -> Proof:
    meaning = words.say(
        "Bought on two or more days, and the odds of buying within {horizon} days are less than "
        "half (but not less than a fifth) of what they were on the day of the last purchase. "
        "Worth a year: what the customer spent, less returns, in the 365 days up to the last "
        "purchase.",
        horizon=words.numbers.count(horizon),
    )
    title = words.say_n("{n} is slipping away", "{n} are slipping away", told.n)
    proof = count_proof(words, "p-slipping", title=title, n=told.n, means=meaning)
    says = words.say("By the model’s odds for each customer; see how far off it has been.")
    return Proof(proof.id, proof.title, says, None, proof.lines)
