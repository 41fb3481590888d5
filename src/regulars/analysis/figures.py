"""From the facts of a round to readings: each figure under the name of its measure."""

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from regulars.kit.ids import readable
from regulars.measure.figure import Figure
from regulars.readings.models import Reading
from regulars.report.facts import Facts

READING_PREFIX = "red"
# Where a pressed figure of a page leads: the proof of the report, and the measure behind it.
_PROOFS = {
    "p-share": "regulars_share",
    "p-revenue": "regulars_revenue_share",
    "p-year": "regulars_share_change",
    "p-top": "top_fifth_revenue_share",
    "p-gini": "gini",
    "p-eighty": "customers_for_80_share",
    "p-back": "back_within_year_share",
    "p-purchases": "expected_purchases",
    "p-buyers": "expected_buyers",
    "p-expected-revenue": "expected_revenue",
    "p-slipping": "slipping_customers",
    "p-discount": "discounted_revenue_share",
    "p-discount-days": "discounted_days_share",
    "p-goal": "goal_odds",
}


def readings(facts: Facts, taking_id: UUID, *, goal_due_on: date | None) -> list[Reading]:
    """Every figure of the facts as a row; none is left out for being unknown.

    `goal_due_on`: until when the wished share of regulars is to be reached, where one is set.
    """
    figures = [*_figures(facts), *_goal(facts, goal_due_on)]
    return [_reading(facts, taking_id, *told) for told in figures]


def addresses(stored: list[Reading]) -> Mapping[str, str]:
    """Of each proof the page of the reading behind it."""
    by_measure = {reading.measure: reading for reading in stored}
    return {
        proof: f"/readings/{readable(READING_PREFIX, by_measure[measure].pk)}"
        for proof, measure in _PROOFS.items()
        if measure in by_measure
    }


def _figures(facts: Facts) -> Iterator[tuple[str, str, Figure]]:
    """(measure, unit, figure) of all that was measured."""
    told, spread, ahead = facts.regulars, facts.concentration, facts.expected
    yield "customers", "count", _counted(facts.customers)
    yield "orders", "count", _counted(facts.orders)
    if facts.net_revenue_minor is not None:
        yield "net_revenue", "money", _counted(facts.net_revenue_minor, n=facts.orders)
    yield "regulars", "count", _counted(told.n, n=told.n_base)
    yield "regulars_share", "share", told.share
    yield "regulars_revenue_share", "share", told.revenue_share
    yield "regulars_share_change", "points", told.year_ago
    for stage, n in facts.stages.items():
        yield f"{stage}_customers", "count", _counted(n, n=facts.customers)
    for name, n in (facts.activity or {}).items():
        yield f"{name}_customers", "count", _counted(n, n=facts.customers)
    if facts.slipping:
        yield "slipping_customers", "count", _counted(facts.slipping.n, n=facts.customers)
        if (worth := facts.slipping.worth_a_year_minor) is not None:
            yield "slipping_worth", "money", _counted(worth, n=facts.slipping.n)
    if spread:
        yield "top_fifth_revenue_share", "share", spread.top_20_share
        yield "gini", "share", spread.gini
        yield "customers_for_80_share", "share", spread.customers_for_80_share
    yield "back_within_year_share", "share", facts.cohorts.back_within_year
    yield "expected_purchases", "count", ahead.purchases
    yield "expected_buyers", "count", ahead.buyers
    yield "expected_revenue", "money", ahead.revenue_minor
    if facts.discounts:
        depends = facts.discounts.dependence
        yield "discounted_revenue_share", "share", depends.spend_share
        yield "discounted_days_share", "share", depends.days_share
    for verdict in facts.rules:
        yield f"rule_{verdict.rule}", "rule", verdict.estimate


def _goal(facts: Facts, due_on: date | None) -> Iterator[tuple[str, str, Figure]]:
    """The odds that the wished share is reached by its day."""
    forecast = facts.forecast
    if due_on is None or forecast is None:
        return
    n = facts.regulars.n_base
    if forecast.goal is None:
        yield "goal_odds", "odds", Figure.unknown(forecast.why_not or "no_forecast", n=n)
        return
    by_then = [odds for day, odds in forecast.goal.by if day <= due_on]
    yield "goal_odds", "odds", Figure(by_then[-1] if by_then else 0.0, n=n, method="simulation")


def _counted(value: int, *, n: int | None = None) -> Figure:
    """A count of all there are: nothing was estimated, so there is no interval."""
    return Figure(float(value), n=value if n is None else n, method="counted")


def _reading(facts: Facts, taking_id: UUID, measure: str, unit: str, told: Figure) -> Reading:
    first_on: date = told.first_on or facts.input.first_on
    last_on: date = told.last_on or facts.input.as_of
    return Reading(
        taking_id=taking_id,
        measure=measure,
        unit=unit,
        value=told.value,
        low=told.low,
        high=told.high,
        level=None if told.low is None else told.level,
        n=told.n,
        method=told.method,
        first_on=first_on,
        last_on=last_on,
        why_not=told.why_not or "",
        needs=told.needs,
    )
