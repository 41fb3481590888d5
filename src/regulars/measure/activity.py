"""Active, lapsing, lost: from the odds of another purchase, not from a fixed gap."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.models.inputs import fitting, probabilities

ACTIVE, LAPSING, LOST = 0, 1, 2
NAMES = ("active", "lapsing", "lost")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How far the odds of coming back may fall before we call it lapsing, and lost.

    Both are shares of the odds the same customer had on the day of the last purchase.
    """

    lapsing_below: float = 0.5
    lost_below: float = 0.2

    def __post_init__(self) -> None:
        if not 0 < self.lost_below <= self.lapsing_below <= 1:
            raise ValueError(
                f"lapsing below {self.lapsing_below}, lost below {self.lost_below}: "
                "wanted 0 < lost <= lapsing <= 1"
            )


def activity(
    odds: ArrayLike, odds_then: ArrayLike, *, thresholds: Thresholds | None = None
) -> NDArray[np.int8]:
    """Whether customers are active, lapsing or lost.

    Takes   odds: P(buys within the horizon) today, per customer or cell; odds_then: the same on the
            day of the last purchase, when nothing spoke against a return.
    Gives   ACTIVE (0), LAPSING (1) or LOST (2), as many as came in; `NAMES` in that order.
    Error   the odds are a model's: see the backtests beside them.
    Beware  each customer is measured against own rhythm: someone who buys daily lapses in weeks,
            someone who buys yearly in years. Where odds_then is 0 nobody can fall: lost.
    Source  P(buys within h) for MBG/NBD: Batislam, Denizel & Filiztekin 2007.
    """
    limits = thresholds or Thresholds()
    now, then = fitting(
        {"odds": probabilities("odds", odds), "odds_then": probabilities("odds_then", odds_then)}
    )
    left = np.divide(now, then, out=np.zeros_like(now), where=then > 0)
    return np.select(
        [left < limits.lost_below, left < limits.lapsing_below], [LOST, LAPSING], ACTIVE
    ).astype(np.int8)
