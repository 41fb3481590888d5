"""The next horizon: what today's customers are expected to do, and how well that went before."""

from typing import Any

import narwhals as nw

from regulars.measure.expected import ranged, relative_error
from regulars.measure.figure import Figure
from regulars.measure.spend import Credibility
from regulars.measure.value import net_value
from regulars.report.asked import Asked
from regulars.report.facts import Backtest, ExpectedFacts
from regulars.report.serving import Served
from regulars.report.tables import Tables, day_of


def outlook(
    tables: Tables,
    served: Served,
    everyone: nw.LazyFrame[Any],
    *,
    spend: Credibility | None,
    asked: Asked,
) -> ExpectedFacts:
    """Purchases, buyers and revenue of the next horizon, each with a range.

    Past totals of a sample are given as of all customers, so that they read like today's.
    """
    predicted, weight, factor = served.predicted, served.weight, served.sample.factor
    horizon, n = asked.horizon_days, int(weight.sum())
    if predicted is None:
        unknown = Figure.unknown("not_identifiable", n=n)
        return ExpectedFacts(horizon, unknown, unknown, unknown, [])
    card, odds = served.chosen.card, predicted["odds"]
    past = card.past
    purchases = ranged(
        float(weight @ predicted["expected"]),
        variance=float(weight @ predicted["variance"]),
        error=relative_error([(p.purchases_expected, p.purchases_actual) for p in past]),
        n=n,
        level=asked.level,
    )
    buyers = ranged(
        float(weight @ odds),
        variance=float(weight @ (odds * (1 - odds))),
        error=relative_error([(p.buyers_expected, p.buyers_actual) for p in past]),
        n=n,
        level=asked.level,
    )
    if spend is None:
        revenue = Figure.unknown("no_amounts", n=n)
    else:
        past_net = [(p.expected_minor, p.actual_minor) for p in card.past_net]
        revenue = net_value(
            everyone,
            spend,
            error=relative_error(past_net),
            engine=tables.engine,
            level=asked.level,
        )
    backtests = [
        Backtest(
            origin_on=day_of(p.on),
            purchases_expected=factor * p.purchases_expected,
            purchases_actual=factor * p.purchases_actual,
            buyers_expected=factor * p.buyers_expected,
            buyers_actual=factor * p.buyers_actual,
            n=round(factor * p.n),
        )
        for p in past
    ]
    return ExpectedFacts(horizon, purchases, buyers, revenue, backtests)
