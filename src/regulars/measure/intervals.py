"""Intervals of proportions and of their difference."""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.figure import Figure
from regulars.measure.models.inputs import BadInput, fitting, numbers, single


def normal_quantile(level: float) -> float:
    """The z of a two-sided interval at `level`."""
    if not 0 < single("level", level) < 1:
        raise BadInput("level", f"level is {level}; wanted a number between 0 and 1, such as 0.95")
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def wilson_bounds(
    k: ArrayLike, n: ArrayLike, *, level: float = 0.95
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Score interval of a proportion, for many proportions at once.

    Takes   k successes out of n trials, arrays or numbers; 0 <= k <= n.
    Gives   (low, high), arrays of float between 0 and 1; NaN where n is 0.
    Error   Wilson score interval at `level`; no continuity correction.
    Beware  the trials are taken as independent and alike: a census of today's customers is read as
            a sample of what this company might have seen in another year like this one.
    Source  Wilson 1927, JASA 22; checked against Newcombe 1998, table I.
    """
    hits, trials = fitting({"k": numbers("k", k), "n": numbers("n", n)})
    wrong = np.flatnonzero((hits < 0) | (hits > trials))
    if wrong.size:
        at = int(wrong[0])
        value, limit = float(hits.ravel()[at]), float(trials.ravel()[at])
        problem = f"k at row {at}: {value:g} is not between 0 and n = {limit:g}"
        raise BadInput("k", problem, index=at, value=value)
    z2 = normal_quantile(level) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        share = hits / trials
        middle = (hits + z2 / 2) / (trials + z2)
        half = np.sqrt(z2 * (share * (1 - share) * trials + z2 / 4)) / (trials + z2)
        empty = trials == 0
        low = np.where(empty, np.nan, np.clip(middle - half, 0.0, 1.0))
        high = np.where(empty, np.nan, np.clip(middle + half, 0.0, 1.0))
    # At the ends the score interval closes exactly; rounding must not leave 1e-17 behind.
    return np.where(hits == 0, np.where(empty, np.nan, 0.0), low), np.where(
        (hits == trials) & ~empty, 1.0, high
    )


def proportion(k: int, n: int, *, level: float = 0.95) -> Figure:
    """One proportion with its score interval.

    Takes   k successes out of n.
    Gives   a Figure; unknown with the code `nobody_counted` where n is 0.
    Error   Wilson score interval at `level`.
    Beware  see `wilson_bounds`.
    Source  Wilson 1927.
    """
    if n == 0:
        return Figure.unknown("nobody_counted")
    low, high = wilson_bounds(k, n, level=level)
    return Figure(k / n, float(low), float(high), n=n, level=level, method="wilson")


def difference(k1: int, n1: int, k2: int, n2: int, *, level: float = 0.95) -> Figure:
    """Difference of two proportions, first minus second.

    Takes   k1 of n1 and k2 of n2.
    Gives   a Figure between -1 and 1; unknown (`nobody_counted`) where n1 or n2 is 0.
    Error   Newcombe's hybrid score interval: the two Wilson intervals joined as squares.
    Beware  the groups are taken as independent; where many people are in both and behave alike the
            true interval is narrower, so a difference called clear is clear.
    Source  Newcombe 1998, Statistics in Medicine 17, method 10.
    """
    if n1 == 0 or n2 == 0:
        return Figure.unknown("nobody_counted", n=n1 + n2)
    p1, p2 = k1 / n1, k2 / n2
    lows, highs = wilson_bounds([k1, k2], [n1, n2], level=level)
    low = (p1 - p2) - sqrt((p1 - lows[0]) ** 2 + (highs[1] - p2) ** 2)
    high = (p1 - p2) + sqrt((highs[0] - p1) ** 2 + (p2 - lows[1]) ** 2)
    return Figure(p1 - p2, float(low), float(high), n=n1 + n2, level=level, method="newcombe")
