"""What customers are worth in net spend, refunds taken off: within a horizon, and from now on."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.backtest import Origin
from regulars.measure.engine import Engine
from regulars.measure.expected import Predictor, ranged
from regulars.measure.figure import Figure
from regulars.measure.models import BadInput
from regulars.measure.spend import Credibility

FloatArray = NDArray[np.float64]

YEAR_DAYS = 365.25
# Nodes of the trapezoid rule over the logarithm of time, from an hour to where nothing counts.
_FROM_DAYS, _TO_LIFETIMES, _STEP = 0.04, 40.0, 0.7


@dataclass(frozen=True, slots=True)
class PastNet:
    """Net spend expected at a past origin of the customers known then, and what came."""

    on: int
    expected_minor: float
    actual_minor: float


def looked_back_net(expected: FloatArray, origin: Origin) -> PastNet:
    """Hold expected purchases, times what each brings, against the net spend that followed.

    Takes   expected purchase days of one customer of each cell; the origin, with its money.
    Gives   a PastNet over all customers of the cells; both sums may be below zero.
    Error   -
    Beware  refunds of purchases from before the origin are in what came; they are in what was
            expected as far as refunds had lowered the mean net spend by then.
    Source  -
    """
    if origin.money is None:
        raise BadInput("origin", "origin has no money; ask origin_cells for it with_money=True")
    own = origin.money.spend.expected(origin.x + 1, origin.money.net / origin.weight)
    return PastNet(
        origin.on, float(origin.weight @ (expected * own)), float(origin.money.after.sum())
    )


def net_per_purchase(spend: Credibility) -> nw.Expr:
    """Expected net spend per purchase day, from the columns n_days and net_minor.

    Takes   a Credibility.
    Gives   an expression in minor units: the customer's own mean, drawn to that of all.
    Error   see `net_variance`.
    Beware  may be below zero, where a customer sent back more than was kept.
    Source  Bühlmann & Straub 1970; the same as `Credibility.expected`.
    """
    if np.isinf(spend.k):
        return nw.lit(spend.mean)
    return (spend.k * spend.mean + nw.col("net_minor")) / (spend.k + nw.col("n_days"))


def net_variance(spend: Credibility) -> nw.Expr:
    """Variance of one customer's net spend, from expected, variance, n_days and net_minor.

    Takes   a Credibility; the columns `expected` and `variance` are those of purchase days.
    Gives   an expression, minor units squared.
    Error   -
    Beware  holds the doubt about the customer's own mean, but not that about the mean of all.
    Source  moments of a compound sum: mean² Var N + E N within + (E N² + Var N) Var mean.
    """
    count, spread = nw.col("expected"), nw.col("variance")
    own = net_per_purchase(spend)
    if np.isinf(spend.k):
        doubt = nw.lit(0.0)
    else:
        doubt = spend.between * spend.k / (spend.k + nw.col("n_days"))
    return own * own * spread + count * spend.within + (count * count + spread) * doubt


def net_value(
    customers: nw.LazyFrame[Any],
    spend: Credibility,
    *,
    error: tuple[float, int],
    engine: Engine,
    level: float = 0.95,
) -> Figure:
    """Net spend of all customers within the horizon of `expected`, with its range.

    Takes   customers: expected and variance (of purchase days within the horizon), n_days,
            net_minor; error: `expected.relative_error` of past net spend.
    Gives   a Figure in minor units; unknown ("no_purchases_expected") where nothing is expected.
    Error   log scale: chance, spend and past errors together, as in `expected.ranged`.
    Beware  of customers who are known today only. A sum below zero has its range below zero.
    Source  -
    """
    net = nw.col("expected") * net_per_purchase(spend)
    summed = engine.arrays(
        customers.select(net=net, variance=net_variance(spend)).select(
            n=nw.len(), net=nw.col("net").sum(), variance=nw.col("variance").sum()
        )
    )
    n, total, variance = (float(summed[name][0]) for name in ("n", "net", "variance"))
    if not n or np.isnan(total) or total == 0:
        return Figure.unknown("no_purchases_expected", n=int(n))
    told = ranged(abs(total), variance=variance, error=error, n=int(n), level=level)
    if total > 0 or told.low is None or told.high is None:
        return told
    return Figure(total, -told.high, -told.low, n=told.n, level=level, method=told.method)


def residual_purchases(
    model: Predictor, *, discount_a_year: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike
) -> FloatArray:
    """Purchase days still to come, each discounted to today: times net spend it is residual value.

    Takes   a model fitted in days; discount_a_year as a share: 0.1 is 10 % a year; customers.
    Gives   discounted expected purchase days, as many as customers.
    Error   the integral over all time is taken to about 1e-4 of itself.
    Beware  a horizon has no end here, so that much of it may come from years nobody has seen yet;
            a rule of the model card has no residual value, as it knows one window only.
    Source  discounted expected residual transactions: Fader, Hardie & Lee 2005, J. of Marketing
            Research 42; the integral by parts, the trapezoid rule over log time.
    """
    if not 0 < discount_a_year < 10:
        raise BadInput(
            "discount_a_year",
            f"discount_a_year is {discount_a_year:g}; wanted a share above 0, such as 0.1",
            value=discount_a_year,
        )
    per_day = float(np.log1p(discount_a_year)) / YEAR_DAYS
    total = np.zeros(np.broadcast(x, t_x, T).shape)
    for log_time in np.arange(np.log(_FROM_DAYS), np.log(_TO_LIFETIMES / per_day), _STEP):
        lived = float(np.exp(log_time)) * per_day
        worth = lived * float(np.exp(-lived)) * _STEP
        total += worth * model.expected(lived / per_day, x=x, t_x=t_x, T=T)
    return total
