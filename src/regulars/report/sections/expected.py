"""The next days: what today's customers are expected to do, and how well that went before."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.measure.figure import Figure
from regulars.pictures.foretold import ForetoldPoint, foretold
from regulars.report.facts import Backtest, ExpectedFacts, Facts
from regulars.report.parts import Cell, Head, Picture, Table, Tally
from regulars.report.proofs import Proof, amount_proof
from regulars.report.words import Cannot, Words


@dataclass(frozen=True, slots=True)
class ExpectedView:
    """What is expected with its ranges, and the record of earlier forecasts."""

    says: Markup
    tallies: Sequence[Tally]
    cannot: Cannot | None  # why nothing is expected at all, or no revenue
    picture: Picture | None
    no_record: Markup | None
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> ExpectedView:
    """Purchases, buyers and revenue of the horizon."""
    told = facts.expected
    if told.purchases.value is None:
        cannot = words.cannot(told.purchases)
        return ExpectedView(Markup(), [], cannot, None, None, [])
    return ExpectedView(
        says=words.say_n(
            "Expect about {purchases} purchases from today’s customers in the next {n} day. New "
            "customers come on top.",
            "Expect about {purchases} purchases from today’s customers in the next {n} days. New "
            "customers come on top.",
            told.horizon_days,
            purchases=words.pressed(
                "p-purchases",
                words.numbers.count(told.purchases.value, _significant(told.purchases)),
            ),
        ),
        tallies=_tallies(told, words),
        cannot=words.cannot(told.revenue_minor) if told.revenue_minor.value is None else None,
        picture=_picture(told, words) if any(map(_is_seen, told.backtests)) else None,
        no_record=None if told.backtests else _no_record(told, words),
        proofs=_proofs(told, words),
    )


def _significant(figure: Figure) -> int:
    """How many figures an estimate is worth: two where its range is wider than a tenth of it."""
    if not figure.value or figure.low is None or figure.high is None:
        return 3
    return 2 if figure.high - figure.low > 0.1 * abs(figure.value) else 3


def _tallies(told: ExpectedFacts, words: Words) -> list[Tally]:
    numbers = words.numbers
    figures = (
        ("p-purchases", told.purchases, words.say("Purchases"), numbers.count, numbers.count_range),
        (
            "p-buyers",
            told.buyers,
            words.say("Customers who buy"),
            numbers.count,
            numbers.count_range,
        ),
        (
            "p-expected-revenue",
            told.revenue_minor,
            words.say("Net revenue"),
            numbers.money,
            numbers.money_range,
        ),
    )
    tallies = []
    for proof_id, figure, label, written, between in figures:
        if figure.value is None:
            continue
        digits = _significant(figure)
        likely = words.say("too few for a range")
        if figure.low is not None and figure.high is not None:
            likely = words.say("likely {range}", range=between(figure.low, figure.high, digits))
        shown = words.pressed(proof_id, written(figure.value, digits))
        tallies.append(Tally(label, shown, likely))
    return tallies


def _picture(told: ExpectedFacts, words: Words) -> Picture:
    past = sorted(told.backtests, key=lambda test: test.origin_on)
    points = [
        ForetoldPoint(
            words.numbers.month(test.origin_on),
            test.purchases_expected,
            test.purchases_actual,
            _off(test, words),
        )
        for test in past
    ]
    reading = words.say_n(
        "Each bar: purchases in the {n} day after that time, by the customers known then. The "
        "line across: what this method expected. Above: how far off it was.",
        "Each bar: purchases in the {n} days after that time, by the customers known then. The "
        "line across: what this method expected. Above: how far off it was.",
        told.horizon_days,
    )
    drawn = foretold(points, numbers=words.numbers)
    return Picture(_finding(past, words), drawn, reading, _table(past, words))


def _is_seen(test: Backtest) -> bool:
    """Whether there is anything to draw."""
    return bool(test.purchases_expected or test.purchases_actual)


def _miss(test: Backtest) -> float:
    """How far off the expectation was, as a share of what happened."""
    return (test.purchases_expected - test.purchases_actual) / max(1.0, test.purchases_actual)


def _off(test: Backtest, words: Words) -> str:
    return words.off(_miss(test))


def _finding(past: Sequence[Backtest], words: Words) -> Markup:
    misses = [_miss(test) for test in past]
    off = words.numbers.percent(sum(abs(miss) for miss in misses) / len(misses), 0)
    if len(past) > 2 and all(miss < 0 for miss in misses):
        return words.say_n(
            "Tried {n} time on the past, it was off by {off} on average, always too low.",
            "Tried {n} times on the past, it was off by {off} on average, always too low.",
            len(past),
            off=off,
        )
    if len(past) > 2 and all(miss > 0 for miss in misses):
        return words.say_n(
            "Tried {n} time on the past, it was off by {off} on average, always too high.",
            "Tried {n} times on the past, it was off by {off} on average, always too high.",
            len(past),
            off=off,
        )
    return words.say_n(
        "Tried {n} time on the past, it was off by {off}.",
        "Tried {n} times on the past, it was off by {off} on average.",
        len(past),
        off=off,
    )


def _no_record(told: ExpectedFacts, words: Words) -> Markup:
    return words.say_n(
        "This history is too short to try the method on the past: that takes three times {n} day. "
        "The ranges are therefore wide.",
        "This history is too short to try the method on the past: that takes three times {n} days. "
        "The ranges are therefore wide.",
        told.horizon_days,
    )


def _proofs(told: ExpectedFacts, words: Words) -> list[Proof]:
    numbers = words.numbers
    means = {
        "p-purchases": words.say(
            "Days with a purchase, summed over customers: each customer’s expected number, given "
            "when they bought so far."
        ),
        "p-buyers": words.say("Customers who buy at least once: the sum of each customer’s odds."),
        "p-expected-revenue": words.say(
            "Expected purchases times what a purchase brings, by customer; with few purchases that "
            "leans on the mean of all."
        ),
    }
    figures = (
        ("p-purchases", told.purchases, words.say("Purchases to expect"), numbers.count),
        ("p-buyers", told.buyers, words.say("Customers to expect"), numbers.count),
        (
            "p-expected-revenue",
            told.revenue_minor,
            words.say("Net revenue to expect"),
            numbers.money,
        ),
    )
    return [
        amount_proof(words, proof_id, figure, title=title, means=means[proof_id], written=written)
        for proof_id, figure, title, written in figures
        if figure.value is not None
    ]


def _table(past: Sequence[Backtest], words: Words) -> Table:
    numbers = words.numbers
    heads = [
        Head(words.say("As of")),
        Head(words.say("Customers known"), is_number=True),
        Head(words.say("Purchases expected"), is_number=True),
        Head(words.say("Purchases that came"), is_number=True),
        Head(words.say("Buyers expected"), is_number=True),
        Head(words.say("Buyers that came"), is_number=True),
    ]
    rows = [
        [
            Cell(numbers.day(test.origin_on)),
            Cell(numbers.count(test.n)),
            Cell(numbers.count(test.purchases_expected)),
            Cell(numbers.count(test.purchases_actual)),
            Cell(numbers.count(test.buyers_expected)),
            Cell(numbers.count(test.buyers_actual)),
        ]
        for test in past
    ]
    return Table(words.say("What was expected and what came"), heads, rows)
