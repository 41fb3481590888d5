"""Intervals of proportions and of their difference."""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.figure import Figure
from regulars.measure.models.inputs import BadInput, fitting, numbers, single

_ROUNDING = 1e-18  # a squared influence below it is nothing but rounding


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


def share_bounds(
    share: float, *, n: int, second: float, fourth: float, third: float = 0.0, level: float = 0.95
) -> tuple[float, float]:
    """Interval of a share that n customers of very uneven size bring about, from their influences.

    Takes   share between 0 and 1; second, third and fourth: the means of the squared, cubed and
            fourth powers of the customers' influences on it, which average to 0.
    Gives   (low, high) within 0..1; the share itself twice where nothing varies.
    Error   on the log-odds, where no end is beyond 0 or 1. A few big customers make the variance
            itself uncertain: Student's t, with Satterthwaite's degrees of freedom of a variance
            that is a mean of squares, n - 1 for normal influences and few for heavy tails. And they
            make low estimates look surer than high ones: given `third`, Hall's cubic takes that
            skewness off.
    Beware  how far the estimate itself is off in small samples is not in it. Leave `third` out
            where the share is a plain part of a whole: there the log-odds suffice, and with both
            the upper end of a small part overshoots.
    Source  Satterthwaite 1946, Biometrics Bulletin 2; Hall 1992, JRSS B 54, on the removal of
            skewness by transformation; joined here, and held against simulation.
    """
    z = normal_quantile(level)
    if not 0 < share < 1 or second < _ROUNDING:
        return share, share
    from scipy.special import expit, logit, ndtr, stdtrit

    # The variance of a variance, from n draws, by their fourth moment.
    freedom = 2 * n / (fourth / second**2 - (n - 3) / (n - 1))
    t = float(stdtrit(freedom, ndtr(z)))
    skewness = third / second**1.5 / sqrt(n)
    error = sqrt(second / (n - 1)) / (share * (1 - share))
    ends = [logit(share) - _unskewed(side, skewness) * error for side in (t, -t)]
    low, high = expit(ends).tolist()
    return low, high


def _unskewed(g: float, skewness: float) -> float:
    """The t whose Hall's cubic is g: ((1 + s t / 3)^3 - 1) / s + s / 6 = g, s the skewness."""
    left = g - skewness / 6
    root = float(np.cbrt(1 + skewness * left))
    return 3 * left / (root**2 + root + 1)  # 3 (root - 1) / s, sound where s is 0


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
