"""What customers are worth in net spend, refunds taken off: within a horizon, and from now on."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure.backtest import Origin
from regulars.measure.engine import Engine
from regulars.measure.expected import ranged
from regulars.measure.figure import Figure
from regulars.measure.models import BadInput
from regulars.measure.spend import Credibility

FloatArray = NDArray[np.float64]


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


def net_variance(spend: Credibility, *, purchases: str, variance: str) -> nw.Expr:
    """Variance of one customer's net spend, from two columns named and n_days and net_minor.

    Takes   a Credibility; the columns with the expected number of purchase days and its variance.
    Gives   an expression, minor units squared.
    Error   -
    Beware  holds the doubt about the customer's own mean, but not that about the mean of all.
    Source  moments of a compound sum: mean² Var N + E N within + E N² Var mean.
    """
    count, spread = nw.col(purchases), nw.col(variance)
    own = net_per_purchase(spend)
    doubt = nw.lit(0.0)
    if np.isfinite(spend.k):
        doubt = spend.between * spend.k / (spend.k + nw.col("n_days"))
    return own * own * spread + count * spend.within + (count * count + spread) * doubt


def net_value(
    customers: nw.LazyFrame[Any],
    spend: Credibility,
    *,
    error: tuple[float, int],
    engine: Engine,
    purchases: str = "expected",
    variance: str = "variance",
    level: float = 0.95,
) -> Figure:
    """Net spend to come from all customers, with its range.

    Takes   customers: n_days, net_minor, and two columns named: purchase days expected (within a
            horizon; or discounted and without end, see `models.residual_value`) and their
            variance; error: `expected.relative_error` of past net spend.
    Gives   a Figure in minor units; unknown ("no_purchases_expected") where nothing is expected.
    Error   log scale: chance, spend and past errors together, as in `expected.ranged`.
    Beware  of customers who are known today only. A sum below zero has its range below zero. The
            errors of a horizon are all that is known of errors without end, and are too small.
    Source  -
    """
    summed = engine.arrays(
        customers.select(
            net=nw.col(purchases) * net_per_purchase(spend),
            variance=net_variance(spend, purchases=purchases, variance=variance),
        ).select(n=nw.len(), net=nw.col("net").sum(), variance=nw.col("variance").sum())
    )
    n, total, spread = (float(summed[name][0]) for name in ("n", "net", "variance"))
    if not n or np.isnan(total) or total == 0:
        return Figure.unknown("no_purchases_expected", n=int(n))
    told = ranged(abs(total), variance=spread, error=error, n=int(n), level=level)
    if total > 0 or told.low is None or told.high is None:
        return told
    return Figure(total, -told.high, -told.low, n=told.n, level=level, method=told.method)
