"""The next horizon: what today's customers are expected to do, and how well that went before."""

from typing import Any

import narwhals as nw
import numpy as np

from regulars.measure.backtest import Origin, origin_cells, past_origins
from regulars.measure.engine import Arrays
from regulars.measure.expected import (
    Past,
    looked_back,
    purchase_variance,
    ranged,
    relative_error,
)
from regulars.measure.figure import Figure
from regulars.measure.models import fit
from regulars.report.asked import Asked
from regulars.report.facts import Backtest, ExpectedFacts
from regulars.report.tables import Tables, day_of

ORIGINS = 4
# Looking back needs the total of many, not each one: beyond this a random sample does.
SAMPLE = 60_000


def outlook(
    tables: Tables,
    fitted: Any,
    predicted: Arrays | None,
    cells: Arrays,
    everyone: nw.LazyFrame[Any],
    *,
    asked: Asked,
    has_amounts: bool,
) -> ExpectedFacts:
    """Purchases, buyers and revenue of the next horizon, each with a range."""
    horizon = asked.horizon_days
    if predicted is None:
        unknown = Figure.unknown(fitted.why_not or "not_identifiable", n=fitted.n_customers)
        return ExpectedFacts(horizon, unknown, unknown, unknown, [])
    past = _looks_back(tables, horizon)
    n, weight = fitted.n_customers, cells["weight"]
    purchases = ranged(
        float(weight @ predicted["expected"]),
        variance=float(
            weight
            @ purchase_variance(
                predicted["expected"],
                predicted["p_alive"],
                x=cells["x"],
                shape=fitted.params["r"],
            )
        ),
        error=relative_error([(p.purchases_expected, p.purchases_actual) for p in past]),
        n=n,
        level=asked.level,
    )
    odds = predicted["odds"]
    buyers = ranged(
        float(weight @ odds),
        variance=float(weight @ (odds * (1 - odds))),
        error=relative_error([(p.buyers_expected, p.buyers_actual) for p in past]),
        n=n,
        level=asked.level,
    )
    revenue = (
        _revenue(tables, everyone, purchases)
        if has_amounts
        else Figure.unknown("no_amounts", n=purchases.n)
    )
    return ExpectedFacts(horizon, purchases, buyers, revenue, _backtests(past))


def _revenue(tables: Tables, everyone: nw.LazyFrame[Any], purchases: Figure) -> Figure:
    """Expected net revenue, with the range of the purchases: spend per purchase is steadier."""
    summed = tables.engine.arrays(everyone.select(total=nw.col("expected_net_minor").sum()))
    total = float(summed["total"][0])
    if not purchases.value or purchases.low is None or purchases.high is None:
        return Figure.unknown("no_purchases_expected", n=purchases.n)
    low, high = sorted(total * end / purchases.value for end in (purchases.low, purchases.high))
    return Figure(total, low, high, n=purchases.n, level=purchases.level, method="past_errors")


def _looks_back(tables: Tables, horizon: int) -> list[Past]:
    """Fit at each past origin on what was known then; origins where no model fits are left out."""
    origins = past_origins(
        first_on=tables.first_on, as_of=tables.as_of, horizon=horizon, at_most=ORIGINS
    )
    known = origin_cells(tables.days, origins=origins, horizon=horizon, engine=tables.engine)
    past = []
    for origin in known:
        seen = _sampled(origin)
        if not seen.weight.size:
            continue
        fitted = fit("mbg_nbd", x=seen.x, t_x=seen.t_x, T=seen.T, weights=seen.weight)
        if fitted.identifiable:
            past.append(looked_back(fitted, seen))
    return past


def _sampled(origin: Origin) -> Origin:
    """The origin itself, or a random sample of its customers where they are very many."""
    n = int(origin.weight.sum())
    if n <= SAMPLE:
        return origin
    order = np.lexsort((origin.bought, origin.T, origin.t_x, origin.x))
    drawn = np.random.default_rng(origin.on).multinomial(SAMPLE, origin.weight[order] / n)
    kept = order[drawn > 0]
    return Origin(
        origin.on,
        origin.horizon,
        origin.x[kept],
        origin.t_x[kept],
        origin.T[kept],
        origin.bought[kept],
        drawn[drawn > 0],
    )


def _backtests(past: list[Past]) -> list[Backtest]:
    return [
        Backtest(
            origin_on=day_of(p.on),
            purchases_expected=p.purchases_expected,
            purchases_actual=p.purchases_actual,
            buyers_expected=p.buyers_expected,
            buyers_actual=p.buyers_actual,
            n=p.n,
        )
        for p in past
    ]
