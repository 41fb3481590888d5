"""What a customer spends on a purchase day, refunds counted: own mean, drawn to everybody's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Credibility:
    """How much to trust a customer's own mean: n / (n + k) of it, the rest the overall mean.

    `mean` in minor units per purchase day; k = within / between, infinite where customers do not
    differ more than chance makes them.
    """

    mean: float
    within: float
    between: float
    k: float
    n_customers: int

    def expected(self, n_days: ArrayLike, net: ArrayLike) -> FloatArray:
        """Expected net spend per purchase day, minor units, for customers of n_days and net."""
        days, total = np.asarray(n_days, dtype=float), np.asarray(net, dtype=float)
        if np.isinf(self.k):
            return np.full(days.shape, self.mean)
        return (self.k * self.mean + total) / (self.k + days)


def credibility(n_days: ArrayLike, net: ArrayLike, net_squared: ArrayLike) -> Credibility:
    """How spend per purchase day varies within customers and between them.

    Takes   one entry per customer: n_days (purchase days, at least 1), net (sum of the days' net
            spend, minor units, refunds taken off), net_squared (sum of the days' net squared).
    Gives   a Credibility; `expected` of it gives each customer's mean.
    Error   moment estimates without a distribution behind them, so spend below zero is as welcome
            as any; k is infinite where between-customer variance is not above zero.
    Beware  a refund on a day without a purchase enters net and its square but no day: it lowers the
            mean and raises the variance, as it should. Independent of how often somebody buys.
    Source  Bühlmann & Straub 1970; estimators as in Bühlmann & Gisler 2005, ch. 4.
    """
    days = np.asarray(n_days, dtype=float)
    total, squared = np.asarray(net, dtype=float), np.asarray(net_squared, dtype=float)
    if days.size == 0:
        raise ValueError("n_days is empty; wanted at least one customer")
    wrong = np.flatnonzero(days < 1)
    if wrong.size:
        raise ValueError(f"n_days at row {wrong[0]}: {days[wrong[0]]:g}; wanted at least 1")
    n, all_days = days.size, days.sum()
    own = total / days
    mean = float(total.sum() / all_days)
    spread = float(np.maximum(squared - days * own**2, 0.0).sum())
    within = spread / (all_days - n) if all_days > n else 0.0
    room = all_days - float((days**2).sum()) / all_days
    among = float((days * (own - mean) ** 2).sum())
    between = (among - (n - 1) * within) / room if room > 0 else 0.0
    k = within / between if between > 0 else float("inf")
    return Credibility(mean, within, max(between, 0.0), k, n)
