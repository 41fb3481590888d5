"""What today's customers will do within a horizon: sums whose ranges own up to past errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from regulars.measure.backtest import Origin
from regulars.measure.figure import Figure
from regulars.measure.intervals import normal_quantile

FloatArray = NDArray[np.float64]

# Before a company's own past says otherwise, a total is taken to be off by about 15 %, on the
# strength of 4 trials: MBG/NBD missed by 16 and 19 % on CDNOW, by less on grocers.
PRIOR_ERROR, PRIOR_TRIALS = 0.15, 4


class Predictor(Protocol):
    """The side of a fitted model that sums need."""

    def p_alive(self, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """P(still a customer)."""
        ...

    def expected(self, h: float, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """Expected purchase days in the next h days."""
        ...

    def p_buys(self, h: float, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """P(at least one purchase in the next h days)."""
        ...


@dataclass(frozen=True, slots=True)
class Past:
    """One past origin: what was expected of the customers known then, and what they did."""

    on: int
    n: int
    purchases_expected: float
    purchases_actual: float
    buyers_expected: float
    buyers_actual: float


def looked_back(model: Predictor, origin: Origin) -> Past:
    """Hold a model fitted at an origin against what followed.

    Takes   a model fitted on what was known at the origin alone; the origin with its outcome.
    Gives   a Past: sums over the customers known at the origin.
    Error   -
    Beware  customers who came after the origin are in neither sum.
    Source  -
    """
    known = {"x": origin.x, "t_x": origin.t_x, "T": origin.T}
    weight = origin.weight
    return Past(
        on=origin.on,
        n=int(weight.sum()),
        purchases_expected=float(weight @ model.expected(origin.horizon, **known)),
        purchases_actual=float(weight @ origin.bought),
        buyers_expected=float(weight @ model.p_buys(origin.horizon, **known)),
        buyers_actual=float(weight @ (origin.bought > 0)),
    )


def relative_error(pairs: Sequence[tuple[float, float]]) -> tuple[float, int]:
    """How far totals have been off, as a standard deviation on the log scale.

    Takes   (expected, actual) of past origins; pairs with a zero on either side count as off by a
            factor of 3.
    Gives   (standard deviation about zero, degrees of freedom): own trials pooled with
            PRIOR_TRIALS trials of PRIOR_ERROR.
    Error   scaled inverse chi-squared pooling.
    Beware  a bias that never changes is counted as error, not taken out: few origins cannot tell.
    Source  Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 2.6.
    """
    errors = [
        np.log(actual / expected) if actual > 0 and expected > 0 else np.log(3.0)
        for expected, actual in pairs
    ]
    trials = PRIOR_TRIALS + len(errors)
    total = PRIOR_TRIALS * PRIOR_ERROR**2 + float(np.sum(np.square(errors)))
    return float(np.sqrt(total / trials)), trials


def ranged(
    total: float, *, variance: float, error: tuple[float, int], n: int, level: float = 0.95
) -> Figure:
    """A total with a range of chance and of past errors together.

    Takes   total above or at zero; variance of the sum if the model were right; error as
            `relative_error` gives it.
    Gives   a Figure; low and high multiply the total, so they stay on its side of zero.
    Error   log scale: chance (normal) and past errors (Student's t) added as squares.
    Beware  with few past origins the range is wide, and rightly so.
    Source  -
    """
    if total <= 0:
        return Figure(0.0, 0.0, 0.0, n=n, level=level, method="past_errors")
    from scipy.special import stdtrit

    spread, trials = error
    chance = normal_quantile(level) * np.sqrt(np.log1p(variance / total**2))
    missed = float(stdtrit(trials, 0.5 + level / 2)) * spread
    factor = float(np.exp(np.hypot(chance, missed)))
    return Figure(total, total / factor, total * factor, n=n, level=level, method="past_errors")


def purchase_variance(
    expected: FloatArray, p_alive: FloatArray, *, x: FloatArray, shape: float
) -> FloatArray:
    """Variance of the number of purchases of one customer around the model's expectation.

    Takes   expected purchases, P(alive) and x per customer; shape: r of the gamma of rates.
    Gives   variances, as many.
    Error   rate uncertainty (gamma posterior of shape r + x) and alive-or-not; a dropout inside
            the horizon is left aside, which makes the variance a little too large.
    Beware  for sums only: it is no distribution for one customer.
    Source  moments of a mixture; negative binomial variance m + m^2 / (r + x).
    """
    if_alive = np.divide(expected, p_alive, out=np.zeros_like(expected), where=p_alive > 0)
    second = if_alive + if_alive**2 * (1 + 1 / (shape + x))
    return np.asarray(p_alive * second - expected**2)
