"""The lead: where we stand, whether it is better or worse, and whom to turn to now."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.report.facts import FEW, Facts, RegularsFacts, SlippingFacts, SlippingRow
from regulars.report.sections.share import direction
from regulars.report.sections.slipping import what_changed
from regulars.report.words import Words

_FIRST = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """One customer to turn to."""

    customer: str
    why: Markup


@dataclass(frozen=True, slots=True)
class LeadView:
    """The sentence of the page and what follows from it."""

    when: Markup
    says: Markup
    more: Sequence[Markup]
    turn_note: Markup | None
    turns: Sequence[Turn]
    advice: Sequence[Markup]  # what would tell more, where there is nobody to turn to
    list_link: Markup | None


def view(facts: Facts, words: Words) -> LeadView:
    """The headline in words, and the first customers of the list."""
    slipping = facts.slipping
    rows = slipping.rows[:_FIRST] if slipping else []
    return LeadView(
        when=_when(facts, words),
        says=_headline(facts, words),
        more=[*_trend(facts, words), _slipping(slipping, words)],
        turn_note=_turn_note(slipping, words) if slipping and rows else None,
        turns=[Turn(words.customer(row.called), _why(row, words)) for row in rows],
        advice=[] if rows else _advice(facts, words),
        list_link=words.say_n("See who it is", "See the first {n}", len(slipping.rows))
        if slipping and rows
        else None,
    )


def _when(facts: Facts, words: Words) -> Markup:
    taken = facts.input
    return words.say_n(
        "{n} order, {days}",
        "{n} orders, {days}",
        facts.orders,
        days=words.numbers.days(taken.first_on, taken.as_of),
    )


def _headline(facts: Facts, words: Words) -> Markup:
    share, revenue = facts.regulars.share, facts.regulars.revenue_share
    if share.why_not == FEW and facts.regulars.n:
        return _few(facts.regulars, words)
    if share.value is None and share.why_not != FEW:
        return words.say("Too early to say how many of your customers are regulars.")
    if facts.regulars.n == 0:
        return words.say_n(
            "Your one customer is not a regular yet.",
            "None of your {n} customers is a regular yet.",
            facts.regulars.n_base,
        )
    pressed = words.pressed("p-share", words.estimate(share))
    if revenue.value is None:
        return words.say("{share} of your customers are regulars.", share=pressed)
    return words.say(
        "{share} of your customers are regulars. They bring {revenue} of revenue.",
        share=pressed,
        revenue=words.pressed("p-revenue", words.estimate(revenue)),
    )


def _few(told: RegularsFacts, words: Words) -> Markup:
    """The counts, where a share of so few would say more than is known."""
    if told.n_base == 1:
        return words.say("Your one customer is a regular: too few to speak of a share.")
    return words.say_n(
        "{n} of your {base} customers is a regular: too few to speak of a share.",
        "{n} of your {base} customers are regulars: too few to speak of a share.",
        told.n,
        base=words.numbers.count(told.n_base),
    )


def _trend(facts: Facts, words: Words) -> list[Markup]:
    sentences = {
        1: N_("More than a year ago."),
        -1: N_("Fewer than a year ago."),
        0: N_("No clear change since a year ago."),
    }
    found = direction(facts.regulars.year_ago)
    return [] if found is None else [words.say(sentences[found])]


def _slipping(slipping: SlippingFacts | None, words: Words) -> Markup:
    if slipping is None:
        return words.say("Who is slipping away cannot be told from this history.")
    if slipping.n == 0:
        return words.say("Nobody who used to come back is slipping away.")
    people = words.pressed("p-slipping", words.numbers.count(slipping.n))
    if slipping.worth_a_year_minor is None:
        return words.say_n(
            "{n} who used to come back is slipping away.",
            "{n} who used to come back are slipping away.",
            slipping.n,
            n=people,
        )
    return words.say_n(
        "{n} who used to come back is slipping away, worth about {worth} a year.",
        "{n} who used to come back are slipping away, together worth about {worth} a year.",
        slipping.n,
        n=people,
        worth=words.pressed(
            "p-slipping", words.numbers.money(slipping.worth_a_year_minor, significant=3)
        ),
    )


def _turn_note(slipping: SlippingFacts, words: Words) -> Markup:
    if slipping.worth_a_year_minor is None:
        return words.say_n(
            "{n} to win back, the most frequent first",
            "{n} to win back, the most frequent first",
            slipping.n,
        )
    return words.say_n(
        "{n} to win back, worth most first", "{n} to win back, worth most first", slipping.n
    )


def _why(row: SlippingRow, words: Words) -> Markup:
    if row.worth_a_year_minor is None:
        return words.say(
            "{change}. Last bought {day}.",
            change=what_changed(row, words),
            day=words.numbers.day(row.last_on),
        )
    return words.say(
        "{change}. Worth about {worth} a year.",
        change=what_changed(row, words),
        worth=words.numbers.money(row.worth_a_year_minor, significant=3),
    )


def _advice(facts: Facts, words: Words) -> list[Markup]:
    """What would tell more, each advice once."""
    told = facts.regulars
    figures = (told.share, told.revenue_share, facts.expected.purchases)
    mends = [words.cannot(figure).mend for figure in figures if figure.value is None]
    return list(dict.fromkeys(mends))
