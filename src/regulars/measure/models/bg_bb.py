"""BG/BB: customers who can buy once in each of a row of periods, such as donors asked each year."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln

from regulars.measure.models.bg_bb_likelihood import PeriodLikelihood
from regulars.measure.models.cells import Groups
from regulars.measure.models.climb import fit_purchases
from regulars.measure.models.fitted import PurchaseModel
from regulars.measure.models.inputs import (
    Floats,
    History,
    counts,
    counts_by,
    customers,
    refuse_pair,
)

PARAMS = ("alpha", "beta", "gamma", "delta")


class BGBB(PurchaseModel):
    """BG/BB. Times are whole numbers of periods; `p_alive` is about the period after `T`."""

    def p_alive(self, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer is still there in the next period."""
        return self._ahead(1, lambda x, missed, _: self._log_choices(x, missed), x, t_x, T)

    def expected(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Purchases each customer is expected to make in the next `h` periods."""
        return self._ahead(h, lambda x, missed, _: self._log_choices(x + 1, missed), x, t_x, T)

    def p_buys(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer buys at least once in the next `h` periods."""

        def first_purchase(x: Floats, missed: Floats, period: int) -> Floats:
            return self._log_choices(x + 1, missed + period - 1)

        return self._ahead(h, first_purchase, x, t_x, T)

    def pmf(self, n: ArrayLike, t: ArrayLike) -> Floats:
        """Probability of exactly `n` purchases in the first `t` periods."""
        bought, periods = counts_by(n, counts("t", t))
        total = np.zeros(bought.shape)
        for m in range(int(periods.max(initial=0.0)) + 1):
            missed = np.maximum(m - bought, 0.0)
            ways = gammaln(m + 1) - gammaln(bought + 1) - gammaln(missed + 1)
            chance = np.exp(ways + self._log_choices(bought, missed))
            there = np.exp(self._log_there(m)) - (periods > m) * np.exp(self._log_there(m + 1))
            total += np.where((bought <= m) & (m <= periods), chance * there, 0.0)
        return total

    def expected_since_start(self, t: ArrayLike) -> Floats:
        """Purchases a new customer is expected to make in the first `t` periods."""
        periods = counts("t", t)
        alpha, beta, _, _ = self.estimates
        there = np.exp(self._log_there(np.arange(1, int(periods.max(initial=0.0)) + 1)))
        until = np.concatenate(([0.0], np.cumsum(there)))
        return np.asarray(alpha / (alpha + beta) * until[periods.astype(np.intp)])

    def _ahead(
        self,
        h: float,
        log_choices: Callable[[Floats, Floats, int], Floats],
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,
    ) -> Floats:
        """The sum over periods ahead of the chances of being there and of what was chosen.

        The choices are said by x, the periods missed so far and the period ahead.
        """
        columns = check_periods(*customers(x, t_x, T))
        groups = Groups.of(*(column.ravel() for column in columns))
        bought, last, seen = (column.ravel()[groups.first] for column in columns)
        likelihood = PeriodLikelihood(History(bought, last, seen, np.ones_like(bought)))
        log_seen = likelihood.log_rows(self.estimates)
        total = np.zeros_like(bought)
        for period in range(1, int(counts("h", h)) + 1):
            chosen = log_choices(bought, seen - bought, period)
            total += np.exp(chosen + self._log_there(seen + period) - log_seen)
        return total[groups.codes].reshape(columns[0].shape)

    def _log_choices(self, x: Floats, missed: Floats) -> Floats:
        """Log of the chance of these purchases and misses, in their order."""
        alpha, beta, _, _ = self.estimates
        return np.asarray(betaln(alpha + x, beta + missed) - betaln(alpha, beta))

    def _log_there(self, period: ArrayLike) -> Floats:
        """Log of the chance of being there in a period."""
        _, _, gamma, delta = self.estimates
        return np.asarray(betaln(gamma, delta + np.asarray(period)) - betaln(gamma, delta))


def check_periods(x: Floats, t_x: Floats, T: Floats) -> tuple[Floats, Floats, Floats]:
    """Times are whole, and no more purchases than periods up to the last."""
    counts("t_x", t_x)
    counts("T", T)
    refuse_pair(x > t_x, ("x", x), ("t_x", t_x), "x > t_x at row {row}: {left} > {right}")
    return x, t_x, T


def fit_bg_bb(rows: History, start: Mapping[str, float] | None) -> BGBB:
    """BG/BB by maximum likelihood.

    Takes   rows: counted customers; x periods with a purchase, t_x the last of them, of T periods;
            start: parameters to climb from.
    Gives   alpha, beta (chances of buying are Beta(alpha, beta)), gamma, delta (chances of leaving
            are Beta(gamma, delta)).
    Error   inverse Hessian at the optimum.
    Beware  for one chance a period, not for purchases at any time.
    Source  Fader, Hardie and Shang 2010; checked against its estimates for 11,104 donors.
    """
    check_periods(rows.x, rows.t_x, rows.T)
    found = fit_purchases(
        "bg_bb",
        PARAMS,
        rows,
        PeriodLikelihood,
        guesses=[np.array([1.0, 1.0, 1.0, 4.0])],
        start=start,
        edge=_edge,
        may_round=False,
    )
    return BGBB(**found)


def _edge(params: Floats) -> str:
    _, _, gamma, delta = params
    if gamma / (gamma + delta) < 0.01:
        return "no_dropout_seen"
    return "all_alike" if params.max() > 50 else "on_the_edge"
