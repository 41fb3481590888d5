"""What a forecast of the share of regulars says, with the record of what it said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from regulars.measure.forecast.purchases import Floats
from regulars.measure.models.inputs import BadInput
from regulars.measure.regulars import Definition

LEVELS = (0.5, 0.9, 0.95)
WHY_NOT = MappingProxyType(
    {
        "too_few": "cannot be told from this history: too few customers bought in the base window",
        "history_too_short": "cannot be told from this history: no forecast made from it could be "
        "held against what came of it",
        "not_identifiable": "cannot be told from this history: customers differ or return too "
        "little for a model of their buying",
    }
)


@dataclass(frozen=True, slots=True)
class Band:
    """The share lies between `low` and `high` with a probability of `level`."""

    level: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Step:
    """The share expected on day `on`; bands at `LEVELS`."""

    on: int
    median: float
    mean: float
    bands: tuple[Band, ...]

    def band(self, level: float) -> Band:
        """The band of one level."""
        return next(band for band in self.bands if band.level == level)


@dataclass(frozen=True, slots=True)
class PastStep:
    """What would have been said on day `said_on` of day `on`, and the share there was."""

    said_on: int
    on: int
    median: float
    low: float
    high: float
    actual: float


@dataclass(frozen=True, slots=True)
class Record:
    """How forecasts like this one did before, each made from what was known on its day.

    `coverage_share`: how often the share lay in the band of `level`; `width` its mean width;
    `interval_score` (lower is better) adds to the width what was missed.
    """

    steps: tuple[PastStep, ...]
    level: float
    mean_absolute_error: float | None
    coverage_share: float | None
    width: float | None
    interval_score: float | None


@dataclass(frozen=True, slots=True)
class GoalDate:
    """When a share of `goal` is reached: `probabilities[i]` that it is first so at `on[i]`.

    They and `not_within` sum to 1. Where it is reached already, on is the day of the forecast.
    """

    goal: float
    on: tuple[int, ...]
    probabilities: tuple[float, ...]
    not_within: float

    def by(self, day: int) -> float:
        """Probability that the goal is reached on or before a day."""
        return sum(p for on, p in zip(self.on, self.probabilities, strict=True) if on <= day)


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """The share of regulars in the time ahead, or `why_not`, a code of `WHY_NOT`, and its `needs`.

    `share`, `n_regulars` and `n_base` are those on day `as_of`. `weights` tells how much each rule
    counts, `has_season` whether the shop's season is in it. `paths` holds draws (rows) of the share
    at each step (columns): whatever depends on the course, as `goal_date` does, is read from them.
    """

    definition: Definition
    as_of: int
    n_regulars: int
    n_base: int
    share: float | None
    steps: tuple[Step, ...] = ()
    record: Record | None = None
    weights: Mapping[str, float] | None = None
    has_season: bool = False
    paths: Floats | None = None
    why_not: str | None = None
    needs: int | None = None

    def goal_date(self, goal: float) -> GoalDate:
        """When a share is reached.

        Takes   goal: a share above 0 and at most 1.
        Gives   a GoalDate, "not within the horizon" being one of its outcomes.
        Error   the same as that of the bands: it is read from the same paths.
        Beware  steps are 30 days apart, and a goal met and lost between two counts as not met.
        Source  first-passage time, by simulation.
        """
        if not 0 < goal <= 1:
            raise BadInput("goal", f"goal is {goal:g}; wanted a share above 0 and at most 1")
        if self.why_not is not None:
            raise BadInput("goal", f"goal has no date: {WHY_NOT[self.why_not]}")
        assert self.paths is not None
        assert self.share is not None
        if self.share >= goal:
            return GoalDate(goal, (self.as_of,), (1.0,), 0.0)
        reached = self.paths >= goal
        first = np.where(reached.any(axis=1), reached.argmax(axis=1), len(self.steps))
        shares = np.bincount(first, minlength=len(self.steps) + 1) / len(self.paths)
        on = tuple(step.on for step in self.steps)
        return GoalDate(goal, on, tuple(shares[:-1].tolist()), float(shares[-1]))


def record_of(steps: Sequence[PastStep], *, level: float) -> Record:
    """A record with its figures.

    Takes   past forecasts whose low and high are those of the band of `level`.
    Gives   a Record; without past forecasts its figures are None.
    Error   none given: neighbouring forecasts share most of their days and err together.
    Beware  coverage of a few dozen overlapping forecasts is itself uncertain.
    Source  interval score: Gneiting & Raftery 2007, equation 43.
    """
    if not steps:
        return Record((), level, None, None, None, None)
    columns = [(past.median, past.low, past.high, past.actual) for past in steps]
    median, low, high, actual = np.array(columns).T
    missed = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    width = high - low
    return Record(
        tuple(steps),
        level,
        mean_absolute_error=float(np.abs(median - actual).mean()),
        coverage_share=float((missed == 0).mean()),
        width=float(width.mean()),
        interval_score=float((width + 2 / (1 - level) * missed).mean()),
    )
