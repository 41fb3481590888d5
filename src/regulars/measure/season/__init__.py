"""The shop's year from its own history, without tables of holidays, on or off by backtest.

`season` takes the year from a `rhythm`; `swing` holds it against what followed a past day, and
`backtest` says by many of these whether to count on it.
"""

from regulars.measure.season.rhythm import WEEK_DAYS, Rhythm, rhythm
from regulars.measure.season.trial import (
    LEAST_TRIALS,
    TRIAL_DAYS,
    Backtest,
    Swing,
    backtest,
    swing,
    trial_days,
)
from regulars.measure.season.year import LEAST_DAYS, Season, season, seasoned

__all__ = [
    "LEAST_DAYS",
    "LEAST_TRIALS",
    "TRIAL_DAYS",
    "WEEK_DAYS",
    "Backtest",
    "Rhythm",
    "Season",
    "Swing",
    "backtest",
    "rhythm",
    "season",
    "seasoned",
    "swing",
    "trial_days",
]
