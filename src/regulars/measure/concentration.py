"""The 80/20 picture: how much of the whole the biggest customers hold, with honest error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.figure import Figure
from regulars.measure.intervals import share_bounds
from regulars.measure.models.inputs import check_columns, numbers, refuse

FloatArray = NDArray[np.float64]
_FEWEST = 30  # customers: with fewer, an interval misses far more often than it says


@dataclass(frozen=True, slots=True)
class Concentration:
    """How a quantity is spread over its holders; `curve` is (share of holders, share held)."""

    n: int
    top_20_share: Figure
    gini: Figure
    holders_for_80_share: Figure
    curve: list[tuple[float, float]]


def concentration(amounts: ArrayLike, *, level: float = 0.95, points: int = 101) -> Concentration:
    """Share held by the top fifth, Gini, and the share of holders it takes for four fifths.

    Takes   amounts: one number above zero per customer: net spend in minor units, or
            purchase days.
    Gives   a Concentration; each figure runs 0..1; `nobody_counted` where there is no amount.
    Error   influence functions (linearisation) at `level`, customers being independent draws, with
            the bounds of `intervals.share_bounds`, skewness taken off; unknown interval below 30
            customers. The curve is interpolated between customers.
    Beware  customers at or below zero are the caller's to leave out, and to count. The biggest
            customers decide, and few customers show few of them: at 0.95 it covered 0.94 to 0.96
            of the time with 3,000 customers, 0.93 to 0.95 with 300, but 0.89 to 0.95 with 100 and
            0.80 to 0.96 with 30 (gamma, lognormal of sigma 1.2, Singh-Maddala and Pareto with tail
            indices down to 2). Lognormal of sigma 2: 0.94 with 3,000, 0.87 with 300.
    Source  influence functions of the Lorenz curve and of Gini: Cowell & Flachaire 2007, J.
            Econometrics 141; Davidson 2009, J. Econometrics 150; checked against the bootstrap.
    """
    given = numbers("amounts", amounts)
    check_columns({"amounts": given})
    refuse("amounts", given, given <= 0, "wanted numbers above zero only")
    held = np.sort(given)[::-1]
    n = held.size
    if n == 0:
        nobody = Figure.unknown("nobody_counted")
        return Concentration(0, nobody, nobody, nobody, [])
    share_of_customers = np.arange(n + 1) / n
    share_held = np.concatenate([[0.0], np.cumsum(held)]) / held.sum()
    share_held[-1] = 1.0
    at = np.linspace(0.0, 1.0, points)
    curve = list(zip(at.tolist(), np.interp(at, share_of_customers, share_held), strict=True))
    return Concentration(
        n,
        _figure(*_top_share(held, share_held, 0.2), level),
        _figure(*_gini(held), level),
        _figure(*_holders_for(held, share_held, 0.8), level),
        [(float(p), float(s)) for p, s in curve],
    )


def _figure(value: float, influence: FloatArray, level: float) -> Figure:
    """An estimate with the interval its influence function gives."""
    n = influence.size
    if n < _FEWEST:
        return Figure(value, None, None, n=n, level=level, method="influence")
    around = influence - influence.mean()
    squared = around * around
    low, high = share_bounds(
        value,
        n=n,
        second=float(squared.mean()),
        third=float(squared @ around) / n,
        fourth=float(squared @ squared) / n,
        level=level,
    )
    return Figure(value, low, high, n=n, level=level, method="influence")


def _top_share(held: FloatArray, share_held: FloatArray, top: float) -> tuple[float, FloatArray]:
    """Share held by the `top` share of customers, and each customer's influence on it."""
    n, mean = held.size, held.mean()
    value = float(np.interp(top, np.arange(n + 1) / n, share_held))
    least = held[min(n - 1, int(top * n))]  # what the smallest of the top ones holds
    excess = np.maximum(held - least, 0.0) + top * least
    return value, (excess - value * held) / mean


def _gini(held: FloatArray) -> tuple[float, FloatArray]:
    """Gini coefficient (customers as a population), and each customer's influence on it."""
    n, mean = held.size, held.mean()
    rank = np.arange(n, 0, -1) - 0.5  # middle ranks: the biggest comes first
    lower_share = rank / n
    value = max(0.0, float(2 * np.sum(lower_share * held) / (n * mean) - 1))  # rounding
    held_above = np.cumsum(held) - held / 2  # sum over those who hold more
    joined = held * lower_share + held_above / n
    influence = 2 * (joined - joined.mean()) / mean - (value + 1) * (held - mean) / mean
    return value, influence


def _holders_for(held: FloatArray, share_held: FloatArray, part: float) -> tuple[float, FloatArray]:
    """Share of customers that together hold `part`, and each customer's influence on it.

    The inverse of the curve: its influence is that of the curve there, over the curve's slope.
    """
    n = held.size
    value = float(np.interp(part, share_held, np.arange(n + 1) / n))
    _, influence = _top_share(held, share_held, value)
    slope = held[min(n - 1, int(value * n))] / held.mean()
    return value, -influence / slope
