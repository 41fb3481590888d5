"""Rules pooled by what each got wrong before, and a band as wide as the pool's own past errors.

Errors are differences of log odds. A share counted over a window moves by what enters and leaves
it: so errors grow in proportion to the time ahead until the window has been renewed, and like a
random walk, with the root of time, from then on. `growth` is that course, 1 at one window ahead;
an error divided by it can be set beside errors from other distances.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, stdtrit

from regulars.measure.forecast.looks import RULES, STEP_DAYS, Look
from regulars.measure.forecast.purchases import Floats, Ints

# Before anything is known of a shop: errors of this size around 0, as if seen in one window.
PRIOR_SD, PRIOR_WINDOWS = 0.1, 1.0
# No rule is taken to be better than this, however well it did so far.
_LEAST_SD = 0.06
# So many looks that could have used a season must have met an outcome before one is trusted.
_LEAST_SEASONAL = 3


@dataclass(frozen=True, slots=True)
class Pooled:
    """Log odds at each step: Student's t around `centre`, with a scale and degrees of freedom."""

    centre: Floats
    scale: Floats
    freedom: float
    weights: Mapping[str, float]
    has_season: bool

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
    Error   the pool's own past errors, with a prior of `PRIOR_WINDOWS` windows and degrees of
            freedom that count windows and not overlapping origins; at least the noise of the
            simulation.
    Beware  a break that never happened before is not in any record.
    Source  weights by inverse root mean square error: Bates & Granger 1969, with the shrinkage
            towards equal weights that Timmermann 2006 advises; prior: scaled inverse chi-square.
    """
    chosen = [RULES.index(rule) for rule in rules]
    days_ahead = STEP_DAYS * np.arange(1, look.plain.shape[1] + 1)
    grown = growth(days_ahead, window_days)
    met = [before for before in past if before.on + STEP_DAYS <= look.on]
    if not met:
        return None
    record = _Record.of(met, look.on, days_ahead, seen)
    has_season = look.seasonal is not None and record.season_helps(grown)
    errors = record.errors(has_season=has_season)[:, chosen] / grown
    rmse = np.sqrt(np.nanmean(errors**2, axis=(0, 2)) + _LEAST_SD**2)
    weights = (1 / rmse) / (1 / rmse).sum()
    own = np.einsum("r,ors->os", weights, errors)
    n_windows = len(met) * STEP_DAYS / window_days
    freedom = PRIOR_WINDOWS + n_windows
    drift = float(np.nanmean(own)) * n_windows / freedom if mends_drift else 0.0
    square = PRIOR_WINDOWS * PRIOR_SD**2 + n_windows * float(np.nanmean(own**2))
    return Pooled(
        centre=weights @ _paths(look, has_season=has_season)[chosen] + drift * grown,
        scale=np.maximum(np.sqrt(square / freedom) * grown, look.spread),
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

    def season_helps(self, grown: Floats) -> bool:
        """Whether past looks that could have used a season would have been nearer with it."""
        tried = [i for i, before in enumerate(self.looks) if before.seasonal is not None]
        if len(tried) < _LEAST_SEASONAL:
            return False
        without, with_it = (
            float(np.nanmean((self.errors(has_season=has_season)[tried] / grown) ** 2))
            for has_season in (False, True)
        )
        return with_it < without


def _paths(look: Look, *, has_season: bool) -> Floats:
    return look.seasonal if has_season and look.seasonal is not None else look.plain
