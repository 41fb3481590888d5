"""The shop's year: which months bring more purchases than the model expects, and which fewer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regulars.measure.forecast.purchases import Floats, Ints

YEAR_DAYS = 365.25
_N_PARTS = 12
# A part of the year seen n times moves n / (n + 1) of the way to its own mean.
_PRIOR_YEARS = 1.0


@dataclass(frozen=True, slots=True)
class Surprise:
    """Days `start` < day <= `end`: log of purchase days seen over those expected at the start."""

    start: int
    end: int
    log_ratio: float


def season(surprises: Sequence[Surprise], *, needs_days: int) -> Floats | None:
    """Factors on the purchase rate for the twelfths of a year, with a mean log of 0.

    Takes   surprises of past forecasts; needs_days: how long a time they must cover.
    Gives   12 factors, or None where they cover less.
    Error   none given: whether the factors help is for the backtest to say.
    Beware  with less than two years, what happened once passes for season; hence the shrinkage.
    Source  classical decomposition into month effects, shrunken towards no season.
    """
    if not surprises or surprises[-1].end - surprises[0].start < needs_days:
        return None
    parts = part_of_year(np.array([(seen.start + seen.end) // 2 for seen in surprises]))
    logs = np.array([seen.log_ratio for seen in surprises])
    times = np.bincount(parts, minlength=_N_PARTS)
    means = np.bincount(parts, logs, minlength=_N_PARTS) / np.maximum(times, 1)
    shrunken = (means - means[times > 0].mean()) * times / (times + _PRIOR_YEARS)
    return np.asarray(np.exp(shrunken - shrunken.mean()), dtype=np.float64)


def part_of_year(day: Ints) -> Ints:
    """In which twelfth of a year a day lies, counted from the origin of the days."""
    return np.asarray((day % YEAR_DAYS) * _N_PARTS // YEAR_DAYS, dtype=np.int64)
