"""Pareto/NBD: a customer may leave at any time, at a rate of their own."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import exprel, gammaln

from regulars.measure.models.cells import Groups
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
from regulars.measure.models.pareto_likelihood import ParetoLikelihood, log_left, log_stays

PARAMS = ("r", "alpha", "s", "beta")
# Double-exponential quadrature over a finite span: logarithms of the nodes' shares, and weights.
_STEP = 0.08
_W = np.arange(-3.6, 3.6, _STEP)
_LOG_SHARES = -np.logaddexp(0.0, -np.pi * np.sinh(_W))
_LOG_WEIGHTS = np.log(_STEP * np.pi * np.cosh(_W)) - np.logaddexp(0.0, np.pi * np.sinh(_W))


class ParetoNBD(PurchaseModel):
    """Pareto/NBD."""

    def p_alive(self, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer has not left."""
        return self._alive(*customers(x, t_x, T))

    def expected(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Purchases each customer is expected to make in the next `h`."""
        counted, last, end = customers(x, t_x, T)
        r, alpha, s, beta = self.estimates
        stays = _time_there(horizon(h), s, beta + end)
        return np.asarray(self._alive(counted, last, end) * (r + counted) / (alpha + end) * stays)

    def p_buys(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer buys at least once in the next `h`."""
        counted, last, end = customers(x, t_x, T)
        after = self._per_pair(log_stays, counted, end + horizon(h))
        before = self._per_pair(log_stays, counted, end)
        seen = np.logaddexp(before, self._per_pair(log_left, counted, last))
        return np.asarray(np.exp(before - seen) * -np.expm1(np.minimum(after - before, 0.0)))

    def pmf(self, n: ArrayLike, t: ArrayLike) -> Floats:
        """Probability of exactly `n` repeat purchases within `t` of the first."""
        counted, time = counts_by(n, t)
        r, alpha, s, beta = self.estimates
        with np.errstate(divide="ignore"):
            log_time = np.log(time)
        ways = gammaln(r + counted) - gammaln(r) - gammaln(counted + 1)
        there = _log_bought(counted, log_time, alpha, r) - s * np.log1p(time / beta)
        log_u = np.expand_dims(log_time, -1) + _LOG_SHARES
        left = _log_bought(np.expand_dims(counted, -1), log_u, alpha, r)
        left = left - (s + 1) * np.log1p(np.exp(log_u) / beta) + log_u + _LOG_WEIGHTS
        chance_left = np.exp(left + np.expand_dims(ways, -1)).sum(axis=-1) * s / beta
        return np.asarray(np.exp(ways + there) + chance_left)

    def expected_since_start(self, t: ArrayLike) -> Floats:
        """Repeat purchases a new customer is expected to make within `t` of the first."""
        r, alpha, s, beta = self.estimates
        return np.asarray(r / alpha * _time_there(not_negative("t", t), s, beta))

    def _alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        r, alpha, s, beta = self.estimates
        seen = np.logaddexp(self._per_pair(log_left, x, t_x), self._per_pair(log_stays, x, T))
        there = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
        return np.asarray(np.exp(np.minimum(there - seen, 0.0)))

    def _per_pair(
        self, function: Callable[[Floats, Floats, Floats], Floats], x: Floats, time: Floats
    ) -> Floats:
        """A function of x and a time, worked out once per distinct pair."""
        pairs = Groups.of(x.ravel(), time.ravel())
        found = function(self.estimates, x.ravel()[pairs.first], time.ravel()[pairs.first])
        return found[pairs.codes].reshape(x.shape)


def _log_bought(n: Floats, log_time: Floats, alpha: float, r: float) -> Floats:
    """Log of t^n (alpha + t)^-n (1 + t / alpha)^-r, where 0^0 is 1."""
    time = np.exp(log_time)
    with np.errstate(invalid="ignore"):
        share = np.where(n > 0, n * (log_time - np.log(alpha + time)), 0.0)
    return np.asarray(share - r * np.log1p(time / alpha))


def _time_there(h: Floats | float, s: float, beta: Floats | float) -> Floats:
    """The part of the next `h` a customer is expected to stay, at a rate of Gamma(s, beta)."""
    ages = np.log1p(h / beta)
    return np.asarray(beta * ages * exprel((1 - s) * ages))


def fit_pareto_nbd(rows: History, start: Mapping[str, float] | None) -> ParetoNBD:
    """Pareto/NBD by maximum likelihood.

    Takes   rows: counted customers; start: parameters to climb from.
    Gives   r, alpha (rates of buying are Gamma(r, alpha)), s, beta (rates of leaving are
            Gamma(s, beta)).
    Error   inverse Hessian at the optimum. The likelihood is integrated to ten digits or more;
            its derivatives are exact under that integral.
    Beware  leaving is told by silence only, and s and beta are often known poorly each but well
            together.
    Source  Schmittlein, Morrison and Colombo 1987; Fader, Hardie and Lee 2005; checked against
            their CDNOW estimates.
    """
    rate = usual_rate(rows)
    watched = float(rows.T.max(initial=0.0)) or 1.0
    found = fit_purchases(
        "pareto_nbd",
        PARAMS,
        rows,
        ParetoLikelihood,
        guesses=[np.array([1.0, 1 / rate, 1.0, watched])],
        start=start,
        edge=lambda params: _edge(params, watched),
    )
    return ParetoNBD(**found)


def _edge(params: Floats, watched: float) -> str:
    r, _, s, beta = params
    if s * np.log1p(watched / beta) < 0.01:
        return "no_dropout_seen"
    if max(r, s) > 50:
        return "all_alike"
    return "on_the_edge"
