"""How good predictions were: sums, errors of each customer, whether odds meant what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Odds are taken as between these for the log-loss, which is infinite where a 0 comes true.
CLIP = 0.001
_BINS = 10


@dataclass(frozen=True, slots=True)
class Score:
    """Predictions beside what came, over `n` customers (each once for each past origin).

    `rmse` of purchase days, `brier` and `log_loss` of who buys, `calibration_error`: how far odds
    were from the share that bought, over tenths of the customers by odds.
    """

    n: int
    purchases_expected: float
    purchases_actual: float
    buyers_expected: float
    buyers_actual: float
    rmse: float
    brier: float
    log_loss: float
    calibration_error: float

    @property
    def total_ratio(self) -> float | None:
        """Purchases expected over those that came; None where none came."""
        if not self.purchases_actual:
            return None
        return self.purchases_expected / self.purchases_actual


@dataclass(frozen=True, slots=True)
class Cases:
    """What came: per row `weight` customers with `x` repeat purchases, of whom each then `bought`.

    `origin` says at which origin they were looked at.
    """

    x: FloatArray
    bought: FloatArray
    weight: FloatArray
    origin: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was said of the cases beforehand: purchase days expected, and odds of buying."""

    expected: FloatArray
    odds: FloatArray

    def log_losses(self, cases: Cases) -> FloatArray:
        """Minus the logarithm of the odds given to what came, row by row."""
        odds = np.clip(self.odds, CLIP, 1 - CLIP)
        return np.asarray(-np.where(cases.bought > 0, np.log(odds), np.log1p(-odds)))


def score(said: Predicted, cases: Cases, who: NDArray[np.bool_]) -> Score | None:
    """The score over some of the cases; None where there are none."""
    weight = cases.weight[who]
    n = float(weight.sum())
    if not n:
        return None
    expected, odds, bought = said.expected[who], said.odds[who], cases.bought[who]
    came = (bought > 0).astype(np.float64)
    return Score(
        n=round(n),
        purchases_expected=float(weight @ expected),
        purchases_actual=float(weight @ bought),
        buyers_expected=float(weight @ odds),
        buyers_actual=float(weight @ came),
        rmse=float(np.sqrt(weight @ (expected - bought) ** 2 / n)),
        brier=float(weight @ (odds - came) ** 2 / n),
        log_loss=float(weight @ said.log_losses(cases)[who] / n),
        calibration_error=calibration_error(odds, came, weight),
    )


def calibration_error(odds: FloatArray, came: FloatArray, weight: FloatArray) -> float:
    """Mean distance of odds and share that came, over tenths by odds; equal odds stay together."""
    levels, level = np.unique(odds, return_inverse=True)
    n = np.bincount(level, weight)
    middle = (np.cumsum(n) - n / 2) / n.sum()
    tenth = np.floor(_BINS * middle).astype(np.int64)
    said = np.bincount(tenth, n * levels)
    seen = np.bincount(tenth, np.bincount(level, weight * came))
    return float(np.abs(said - seen).sum() / n.sum())


def lag(worse: FloatArray, better: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Mean difference of two losses of the same customers, and its standard error."""
    n = float(weight.sum())
    by = worse - better
    mean = float(weight @ by / n)
    return mean, float(np.sqrt(weight @ (by - mean) ** 2) / n)
