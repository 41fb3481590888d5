"""What a customer spends on a purchase day, refunds counted: own mean, drawn to everybody's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.models.inputs import BadInput, check_columns, fitting, numbers, refuse

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
        days, total = fitting({"n_days": numbers("n_days", n_days), "net": numbers("net", net)})
        if np.isinf(self.k):
            return np.full(days.shape, self.mean)
        return (self.k * self.mean + total) / (self.k + days)


def credibility(n_days: ArrayLike, net: ArrayLike, net_squared: ArrayLike) -> Credibility:
    """How spend per purchase day varies within customers and between them.

    Takes   one entry per customer: n_days (purchase days, at least 1), net (sum of the days' net
            spend, minor units, refunds taken off), net_squared (sum of the days' net squared).
    Gives   a Credibility; `expected` of it gives each customer's mean.
    Error   moment estimates without a distribution behind them, so spend below zero is as welcome
            as any; k is infinite where between-customer variance is not above zero, and where
            nobody has bought on two days, so that nothing can tell it from chance.
    Beware  a refund on a day without a purchase enters net and its square but no day: it lowers the
            mean and raises the variance, as it should. Independent of how often somebody buys.
    Source  Bühlmann & Straub 1970; estimators as in Bühlmann & Gisler 2005, ch. 4.
    """
    columns = {"n_days": n_days, "net": net, "net_squared": net_squared}
    days, total, squared = checked = [numbers(name, column) for name, column in columns.items()]
    check_columns(dict(zip(columns, checked, strict=True)))
    if days.size == 0:
        raise BadInput("n_days", "n_days is empty; wanted at least one customer")
    refuse("n_days", days, days < 1, "wanted at least 1")
    n, all_days = days.size, days.sum()
    own = total / days
    mean = float(total.sum() / all_days)
    spread = float(np.maximum(squared - days * own**2, 0.0).sum())
    room = all_days - float((days**2).sum()) / all_days
    among = float((days * (own - mean) ** 2).sum())
    if all_days > n:
        within = spread / float(all_days - n)
        between = max((among - (n - 1) * within) / room, 0.0) if room > 0 else 0.0
    else:  # of customers seen once each nobody can say what is their own and what is chance
        within, between = among / max(n - 1, 1), 0.0
    k = within / between if between > 0 else float("inf")
    return Credibility(mean, within, between, k, n)
