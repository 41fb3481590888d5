"""Rules pooled by what each got wrong before, and a band of chance and of the pool's own misses.

Errors are differences of log odds, and have two sources that add as squares. Chance: what so few
customers happen to do; the draws of the simulation say how much that is. Misses: what the rules do
not know of this shop; what past errors had beyond chance says how much. A share counted over a
window moves by what enters and leaves it: so misses grow in proportion to the time ahead until the
window has been renewed, and like a random walk, with the root of time, from then on. `growth` is
that course, 1 at one window ahead; a miss divided by it can be set beside those of other distances.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, stdtrit

from regulars.measure.forecast.looks import RULES, STEP_DAYS, Look
from regulars.measure.forecast.purchases import Floats, Ints
from regulars.measure.season import backtest

# Before anything is known of a shop: misses of this size around 0, as if seen in one window.
PRIOR_SD, PRIOR_WINDOWS = 0.1, 1.0
# No rule is taken to be better than this, however well it did so far.
_LEAST_SD = 0.06


@dataclass(frozen=True, slots=True)
class Pooled:
    """Log odds at each step: Student's t around `centre`, with a scale and degrees of freedom.

    `chance` and `missed` are the standard deviations of the two sources of error.
    """

    centre: Floats
    chance: Floats
    missed: Floats
    freedom: float
    weights: Mapping[str, float]
    has_season: bool

    @property
    def scale(self) -> Floats:
        """Both sources together."""
        return np.hypot(self.chance, self.missed)

    @property
    def median(self) -> Floats:
        """The share that is as likely to be exceeded as not."""
        return np.asarray(expit(self.centre))

    def band(self, level: float) -> tuple[Floats, Floats]:
        """Low and high of the central band that holds with a probability of `level`."""
        half = self.scale * stdtrit(self.freedom, (1 + level) / 2)
        return np.asarray(expit(self.centre - half)), np.asarray(expit(self.centre + half))


def growth(days_ahead: Ints, window_days: int) -> Floats:
    """How errors grow with distance.

    Takes   days ahead; the window of the definition.
    Gives   a factor for each: 1 at one window ahead.
    Error   exact.
    Beware  a rule of thumb about shares counted over a window, not a law.
    Source  the argument at the head of this file; flat errors by distance in `bench/forecast.py`.
    """
    windows = days_ahead / window_days
    return np.where(windows <= 1, windows, np.sqrt(windows))


def pool(
    look: Look,
    past: Sequence[Look],
    seen: Mapping[int, float],
    *,
    window_days: int,
    rules: Sequence[str] = RULES,
    mends_drift: bool = True,
) -> Pooled | None:
    """One forecast from several rules, with the error that it and they had before.

    Takes   a look ahead; looks from earlier days; log odds seen, by day: days after that of the
            look are not read; the rules to pool; whether the mean past error moves the middle.
    Gives   Pooled, or None where no earlier look has met an outcome yet.
    Error   the chance of the simulation's draws, and what the pool's own past errors had beyond
            it, with a prior of `PRIOR_WINDOWS` windows and degrees of freedom that count windows
            and not overlapping origins.
    Beware  a break that never happened before is not in any record.
    Source  weights by inverse root mean square error: Bates & Granger 1969, with the shrinkage
            towards equal weights that Timmermann 2006 advises; sources of error told apart by the
            method of moments; prior: scaled inverse chi-square.
    """
    chosen = [RULES.index(rule) for rule in rules]
    days_ahead = STEP_DAYS * np.arange(1, look.plain.shape[1] + 1)
    grown = growth(days_ahead, window_days)
    met = [before for before in past if before.on + STEP_DAYS <= look.on]
    if not met:
        return None
    record = _Record.of(met, look.on, days_ahead, seen)
    swings = [before.swing for before in met if before.swing is not None]
    has_season = look.seasonal is not None and backtest(swings).is_on
    errors = record.errors(has_season=has_season)[:, chosen]
    rmse = np.sqrt(np.nanmean((errors / grown) ** 2, axis=(0, 2)) + _LEAST_SD**2)
    weights = (1 / rmse) / (1 / rmse).sum()
    own = np.einsum("r,ors->os", weights, errors)
    n_windows = len(met) * STEP_DAYS / window_days
    freedom = PRIOR_WINDOWS + n_windows
    drift = float(np.nanmean(own / grown)) * n_windows / freedom if mends_drift else 0.0
    beyond = _beyond_chance(own, np.array([before.spread for before in met]), grown)
    square = (PRIOR_WINDOWS * PRIOR_SD**2 + n_windows * beyond) / freedom
    return Pooled(
        centre=weights @ _paths(look, has_season=has_season)[chosen] + drift * grown,
        chance=look.spread,
        missed=np.sqrt(square) * grown,
        freedom=freedom,
        weights=dict(zip(rules, weights.tolist(), strict=True)),
        has_season=has_season,
    )


@dataclass(frozen=True, slots=True)
class _Record:
    """Past looks and the log odds there were: origins (rows), steps (columns), NaN if not yet."""

    looks: Sequence[Look]
    actual: Floats

    @classmethod
    def of(
        cls, looks: Sequence[Look], known_until: int, days_ahead: Ints, seen: Mapping[int, float]
    ) -> "_Record":
        targets = [(before.on + days_ahead).tolist() for before in looks]
        actual = [[seen[on] if on <= known_until else np.nan for on in row] for row in targets]
        return cls(looks, np.array(actual))

    def errors(self, *, has_season: bool) -> Floats:
        """Actual less said: origins, rules, steps."""
        said = np.array([_paths(before, has_season=has_season) for before in self.looks])
        return np.asarray(self.actual[:, None, :] - said)


def _beyond_chance(errors: Floats, chance: Floats, grown: Floats) -> float:
    """Mean square of the misses, one window ahead, in errors of which chance is a part.

    Each error counts by how well it would tell the misses if these were as the prior has them.
    """
    weight = (grown / (chance**2 + (PRIOR_SD * grown) ** 2)) ** 2
    total = np.where(np.isnan(errors), 0.0, weight * grown**2).sum()
    return max(0.0, float(np.nansum(weight * (errors**2 - chance**2)) / total))


def _paths(look: Look, *, has_season: bool) -> Floats:
    return look.seasonal if has_season and look.seasonal is not None else look.plain
