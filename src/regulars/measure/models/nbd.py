"""NBD: customers buy at rates that differ, and nobody leaves."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from regulars.measure.models.cells import Levels
from regulars.measure.models.climb import fit_purchases, usual_rate
from regulars.measure.models.fitted import PurchaseModel
from regulars.measure.models.inputs import (
    Floats,
    History,
    counts_by,
    customers,
    horizon,
    not_negative,
)
from regulars.measure.models.negative_binomial import exactly
from regulars.measure.models.newton import Derivatives
from regulars.measure.models.special import dot, gamma_rise

PARAMS = ("r", "alpha")


class NBD(PurchaseModel):
    """NBD: the model to fall back on where nobody can be told to have left."""

    def p_alive(self, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """1 for everybody: in this model nobody leaves."""
        _ = self.estimates
        return np.ones_like(customers(x, t_x, T)[0])

    def expected(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Purchases each customer is expected to make in the next `h`."""
        counted, _, end = customers(x, t_x, T)
        r, alpha = self.estimates
        return np.asarray((r + counted) * horizon(h) / (alpha + end))

    def p_buys(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer buys at least once in the next `h`."""
        counted, _, end = customers(x, t_x, T)
        r, alpha = self.estimates
        return np.asarray(-np.expm1(-(r + counted) * np.log1p(horizon(h) / (alpha + end))))

    def pmf(self, n: ArrayLike, t: ArrayLike) -> Floats:
        """Probability of exactly `n` repeat purchases within `t` of the first."""
        r, alpha = self.estimates
        counted, time = counts_by(n, t)
        return exactly(counted, r, time / (alpha + time))

    def expected_since_start(self, t: ArrayLike) -> Floats:
        """Repeat purchases a new customer is expected to make within `t` of the first."""
        r, alpha = self.estimates
        return np.asarray(r / alpha * not_negative("t", t))


class NBDLikelihood:
    """Log-likelihood of (r, alpha), of purchases at their times as in the models with dropout."""

    def __init__(self, cells: History) -> None:
        self.n, self.x, self.T = cells.n, Levels.of(cells.x), cells.T
        self.n_of_x = self.x.totals(cells.n)

    def __call__(self, params: Floats) -> Derivatives:
        """Value, gradient and Hessian."""
        r, alpha = params
        total = float(self.n.sum())
        per_x = r + self.x.values
        m, end = per_x[self.x.codes], alpha + self.T
        rise, rise_r, rise_rr = gamma_rise(self.n_of_x, per_x, r)
        log_end = np.log(end)
        value = rise + total * r * np.log(alpha) - dot(self.n, m * log_end)
        gradient = np.array(
            [
                rise_r + total * np.log(alpha) - dot(self.n, log_end),
                total * r / alpha - dot(self.n, m / end),
            ]
        )
        crossed = total / alpha - dot(self.n, 1 / end)
        bent = dot(self.n, m / end**2) - total * r / alpha**2
        return value, gradient, np.array([[rise_rr, crossed], [crossed, bent]])


def fit_nbd(rows: History, start: Mapping[str, float] | None) -> NBD:
    """NBD by maximum likelihood.

    Takes   rows: counted customers (t_x is not used); start: parameters to climb from.
    Gives   r, alpha: rates are Gamma(r, alpha).
    Error   inverse Hessian at the optimum.
    Beware  customers do leave: over long horizons it expects far too much.
    Source  Ehrenberg 1959; Fader, Hardie and Lee 2005, checked against their CDNOW estimates.
    """
    found = fit_purchases(
        "nbd",
        PARAMS,
        rows,
        NBDLikelihood,
        guesses=[np.array([1.0, 1 / usual_rate(rows)])],
        start=start,
        edge=lambda _: "all_alike",
    )
    return NBD(**found)
