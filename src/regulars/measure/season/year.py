"""The shop's year: when customers buy more than usual, and when less."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.expected import Predictor
from regulars.measure.models import PurchaseModel
from regulars.measure.season.rhythm import WEEK_DAYS, FloatArray, Rhythm, expected_returns

YEAR_DAYS = 365.25
# A year and a quarter: with less, a season cannot be told from customers growing older.
LEAST_DAYS = 456
_HARMONICS = 3
# The logarithm of each harmonic is taken to be within about +-1, before the history says anything.
_PRIOR_PRECISION = 1.0
_MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Season:
    """Factors on the rate of buying through the year; their mean over a year is 1.

    `harmonics`: cosine and sine of once, twice and three times a year, for the factor's logarithm.
    """

    harmonics: tuple[float, ...]

    def factors(self, day: ArrayLike) -> FloatArray:
        """How much more than usual is bought on each day (days since 1970-01-01)."""
        year = self._unscaled(np.arange(round(YEAR_DAYS)))
        return np.asarray(self._unscaled(np.asarray(day)) / year.mean())

    def exposure(self, on: int, h: float) -> float:
        """The next h days in usual days: as many as would bring as much without a season."""
        ahead = np.arange(1, int(np.ceil(h)) + 1)
        parts = np.minimum(1.0, h - (ahead - 1))
        return float(self.factors(on + ahead) @ parts)

    def _unscaled(self, day: NDArray[Any]) -> FloatArray:
        return np.asarray(np.exp(_waves(day) @ np.asarray(self.harmonics)))


@dataclass(frozen=True, slots=True)
class Seasoned:
    """A model's predictions as of a day, each horizon stretched or shrunk by the season ahead."""

    model: PurchaseModel
    season: Season
    on: int

    def p_alive(self, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> FloatArray:
        """P(still a customer), as the model says."""
        return self.model.p_alive(x=x, t_x=t_x, T=T)

    def expected(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> FloatArray:
        """Expected purchase days in the next h days."""
        return self.model.expected(self.season.exposure(self.on, h), x=x, t_x=t_x, T=T)

    def p_buys(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> FloatArray:
        """P(at least one purchase in the next h days)."""
        return self.model.p_buys(self.season.exposure(self.on, h), x=x, t_x=t_x, T=T)


def seasoned(model: PurchaseModel, season: Season | None, *, on: int) -> Predictor:
    """The model with the season, or as it is where there is none."""
    return model if season is None else Seasoned(model, season, on)


def season(seen: Rhythm, model: PurchaseModel, *, on: int) -> Season | None:
    """How purchases were spread over the year, beyond what the ages of customers explain.

    Takes   a Rhythm, of which what came after day `on` is not looked at; a model fitted to what was
            known then.
    Gives   a Season; None where the history is shorter than 456 days, or nobody came back.
    Error   none given: whether it helps is for the backtest to say. Weeks that scatter more than
            by chance count for less, by as much as they do.
    Beware  with less than two years what happened once passes for season. A level per arrival week
            is taken out, so that better or worse cohorts do not.
    Source  Poisson regression on a cohort table with a level per cohort, three harmonics, and an
            offset from the model's expected purchases by age.
    """
    known = seen.day <= on
    if not known.any() or on - int(seen.day[known].min()) < LEAST_DAYS:
        return None
    actual, expected, weeks = _by_cohort_and_week(seen, known, model, on)
    if not actual.any():
        return None
    waves = _waves(weeks)
    beta = np.zeros(waves.shape[1])
    for _ in range(_MOST_STEPS):
        step = _step(actual, expected * np.exp(waves @ beta), waves, beta)
        beta = beta + step
        if np.abs(step).max() < 1e-6:
            break
    return Season(tuple(beta.tolist()))


def _by_cohort_and_week(
    seen: Rhythm, known: NDArray[np.bool_], model: PurchaseModel, on: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Returns that came and that the model expects (cohort, week), and the middles of the weeks.

    Weeks are counted back from the origin, so that the last one is whole.
    """
    cohorts, cohort = np.unique(seen.cohort[known], return_inverse=True)
    day = seen.day[known]
    n_weeks = (on - int(day.min())) // WEEK_DAYS + 1
    ends = on - WEEK_DAYS * np.arange(n_weeks)[::-1]
    week = n_weeks - 1 - (on - day) // WEEK_DAYS
    actual = np.zeros((cohorts.size, n_weeks))
    np.add.at(actual, (cohort, week), (seen.n - seen.n_first)[known])

    n_first = seen.n_first[known]
    came = n_first > 0
    edges = np.concatenate([[ends[0] - WEEK_DAYS], ends])
    by_birth = expected_returns(model, day[came], n_first[came], edges)
    expected = np.add.reduceat(by_birth, np.flatnonzero(np.diff(cohort[came], prepend=-1)))
    return actual, expected, np.asarray(ends - (WEEK_DAYS - 1) / 2, dtype=np.float64)


def _step(
    actual: FloatArray, expected: FloatArray, waves: FloatArray, beta: FloatArray
) -> FloatArray:
    """One step of the regression, the level of each cohort being what fits best now."""
    level = (actual.sum(axis=1) + 1) / (expected.sum(axis=1) + 1)
    mean, came = level @ expected, actual.sum(axis=0)
    scatter = max(1.0, float(np.mean((came - mean) ** 2 / np.maximum(mean, 1))))
    slope = waves.T @ (came - mean) / scatter - _PRIOR_PRECISION * beta
    bend = (waves * (mean / scatter)[:, None]).T @ waves + _PRIOR_PRECISION * np.eye(beta.size)
    return np.asarray(np.linalg.solve(bend, slope))


def _waves(day: NDArray[Any]) -> FloatArray:
    """Cosine and sine of each harmonic, a column each."""
    turn = 2 * np.pi * np.asarray(day, dtype=np.float64) / YEAR_DAYS
    return np.column_stack(
        [wave(k * turn) for k in range(1, _HARMONICS + 1) for wave in (np.cos, np.sin)]
    )
