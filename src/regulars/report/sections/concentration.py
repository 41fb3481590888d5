"""The 80/20 picture: what the top fifth of customers really hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.measure.figure import Figure
from regulars.measure.verdict import Claim, judge
from regulars.pictures.concentration import concentration
from regulars.report.facts import ConcentrationFacts, Facts
from regulars.report.parts import Cell, Head, Picture, Table, Tally
from regulars.report.proofs import Proof, amount_proof, share_proof
from regulars.report.sections.rules import VERDICTS
from regulars.report.words import Cannot, Words

_RULE = 0.8
_CLAIM = Claim(0.75, 0.85)  # as `rules.top_fifth` takes it


@dataclass(frozen=True, slots=True)
class ConcentrationView:
    """The curve with its three figures, or why there is none."""

    picture: Picture | None
    tallies: Sequence[Tally]
    left_out: Markup | None
    cannot: Cannot | None
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> ConcentrationView:
    """How revenue (or, without amounts, purchases) is spread over customers."""
    told = facts.concentration
    if told is None or told.top_20_share.value is None:
        figure = told.top_20_share if told else Figure.unknown("nobody_counted")
        return ConcentrationView(None, [], None, words.cannot(figure), [])
    return ConcentrationView(
        _picture(told, told.top_20_share.value, words),
        _tallies(told, words),
        _left_out(told, words),
        None,
        _proofs(told, words),
    )


def verdict(top_20_share: Figure) -> str:
    """Whether four fifths from one fifth holds here, does not, or cannot be told."""
    return VERDICTS[judge("top_fifth", top_20_share, _CLAIM).verdict][0]


def _picture(told: ConcentrationFacts, top: float, words: Words) -> Picture:
    numbers = words.numbers
    drawn = concentration(
        told.curve,
        top_share=top,
        here=words.say("here: {share}", share=numbers.percent(top)),
        rule=words.say("rule of thumb: {share}", share=numbers.percent(_RULE)),
        numbers=numbers,
    )
    reading = (
        words.say("From left to right customers, biggest first; upwards their part of net revenue.")
        if told.by == "revenue"
        else words.say(
            "From left to right customers, most frequent first; upwards their part of purchase "
            "days."
        )
    )
    return Picture(_finding(told, top, words), drawn, reading, _table(told, words))


def _finding(told: ConcentrationFacts, top: float, words: Words) -> Markup:
    share = words.pressed("p-top", words.numbers.percent(top))
    found = verdict(told.top_20_share)
    by_money = {
        "holds": N_("One in five customers brings {share} of revenue: the 80/20 rule holds here."),
        "no": N_("One in five customers brings {share} of revenue, not {rule}."),
        "unknown": N_("One in five customers brings {share} of revenue."),
    }
    by_visits = {
        "holds": N_("One in five customers makes {share} of purchases: the 80/20 rule holds here."),
        "no": N_("One in five customers makes {share} of purchases, not {rule}."),
        "unknown": N_("One in five customers makes {share} of purchases."),
    }
    sentences = by_money if told.by == "revenue" else by_visits
    return words.say(sentences[found], share=share, rule=words.numbers.percent(_RULE))


def _tallies(told: ConcentrationFacts, words: Words) -> list[Tally]:
    found = verdict(told.top_20_share)
    by_money = told.by == "revenue"
    tallies = [
        Tally(
            words.say("The top 20% bring") if by_money else words.say("The most frequent 20% make"),
            words.pressed("p-top", words.estimate(told.top_20_share)),
            words.likely(told.top_20_share),
            verdict=found,
            verdict_says=words.say(dict(VERDICTS.values())[found]),
        )
    ]
    if told.customers_for_80_share.value is not None:
        tallies.append(
            Tally(
                words.say("80% of revenue comes from")
                if by_money
                else words.say("80% of purchases come from"),
                words.pressed("p-eighty", words.estimate(told.customers_for_80_share)),
                words.say("of customers, {range}", range=words.likely(told.customers_for_80_share)),
            )
        )
    if told.gini.value is not None:
        tallies.append(_gini_tally(told.gini, told.gini.value, words))
    return tallies


def _gini_tally(gini: Figure, value: float, words: Words) -> Tally:
    numbers = words.numbers
    likely = words.say("too few for a range")
    if gini.low is not None and gini.high is not None:
        likely = words.say(
            "likely {low} to {high}",
            low=numbers.decimal(gini.low, 2),
            high=numbers.decimal(gini.high, 2),
        )
    shown = words.pressed("p-gini", numbers.decimal(value, 2))
    return Tally(words.say("Inequality (Gini)"), shown, likely)


def _left_out(told: ConcentrationFacts, words: Words) -> Markup | None:
    if not told.n_not_positive:
        return None
    return words.say_n(
        "{n} customer whose purchases less returns come to nothing or less is left out.",
        "{n} customers whose purchases less returns come to nothing or less are left out.",
        told.n_not_positive,
    )


def _proofs(told: ConcentrationFacts, words: Words) -> list[Proof]:
    top = share_proof(
        words,
        "p-top",
        told.top_20_share,
        title=words.say("What the top 20% hold"),
        means=_top_means(told, words),
    )
    eighty = share_proof(
        words,
        "p-eighty",
        told.customers_for_80_share,
        title=words.say("How many it takes for 80%"),
        means=words.say("The smallest share of customers who together hold 80%."),
    )
    gini = amount_proof(
        words,
        "p-gini",
        told.gini,
        title=words.say("Inequality (Gini)"),
        means=words.say("0 where every customer holds the same, near 1 where one holds all."),
        written=partial(words.numbers.decimal, digits=3),
    )
    gross, percent = told.before_returns or {}, words.numbers.percent
    return [
        _beside_gross(top, gross.get("top_20_share"), percent, words),
        _beside_gross(eighty, gross.get("customers_for_80_share"), percent, words),
        _beside_gross(gini, gross.get("gini"), partial(words.numbers.decimal, digits=3), words),
    ]


def _beside_gross(
    proof: Proof, gross: Figure | None, written: Callable[[float], str], words: Words
) -> Proof:
    """The same figure of what was bought, before anything came back."""
    if gross is None or gross.value is None:
        return proof
    before = (words.say("Before returns"), Markup.escape(written(gross.value)))
    return replace(proof, lines=[*proof.lines[:-1], before, proof.lines[-1]])


def _top_means(told: ConcentrationFacts, words: Words) -> Markup:
    if told.by == "revenue":
        return words.say(
            "Customers sorted by net spend (sales less returns) over the whole history; what the "
            "first fifth of them spent, of all."
        )
    return words.say(
        "Customers sorted by days with a purchase over the whole history; the days of the first "
        "fifth of them, of all."
    )


def _table(told: ConcentrationFacts, words: Words) -> Table:
    rows = list(dict.fromkeys(_nearest(told.curve, step / 10) for step in range(11)))
    held = words.say("Part of revenue") if told.by == "revenue" else words.say("Part of purchases")
    return Table(
        words.say("What part of customers holds what part"),
        [Head(words.say("Customers, biggest first"), is_number=True), Head(held, is_number=True)],
        [
            [Cell(words.numbers.percent(at)), Cell(words.numbers.percent(part, 1))]
            for at, part in rows
        ],
    )


def _nearest(curve: Sequence[tuple[float, float]], share: float) -> tuple[float, float]:
    return min(curve, key=lambda point: abs(point[0] - share))
