"""What could have been said on one day of the days after it, knowing only what was known then."""

from dataclasses import dataclass, replace

import numpy as np

from regulars.measure.forecast.ahead import Assumptions, Counts, simulate
from regulars.measure.forecast.purchases import (
    Counted,
    Floats,
    Ints,
    Purchases,
    count,
    log_odds,
)
from regulars.measure.models import PurchaseModel, fit
from regulars.measure.regulars import Definition
from regulars.measure.season import Season, Swing

STEP_DAYS = 30
# The rules that are pooled, each a row of `Look.plain` and `Look.seasonal`.
RULES = ("model", "model_at_recent_pace", "last_value")
# So many simulated customers make the noise of the simulation small beside any error, and so many
# draws make it small beside the chance that few customers are subject to anyway.
_SIMULATED, _LEAST_DRAWS, _MOST_DRAWS = 40_000, 3, 40


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every day: whom we call regular, how many steps ahead, which seed."""

    definition: Definition
    n_steps: int
    seed: int

    @property
    def half_window_days(self) -> int:
        """Half of the window of the definition, at least a day."""
        return max(1, self.definition.window_days // 2)

    @property
    def days_ahead(self) -> Ints:
        """Days from the origin to each step."""
        return STEP_DAYS * np.arange(1, self.n_steps + 1)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is changed from tomorrow on, as shares: .10 is 10 %."""

    fewer_lapse: float = 0.0
    more_new: float = 0.0
    more_often: float = 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """Log odds of being a regular at each step (column) by each rule (row), as seen on day `on`.

    `seasonal` is None where no season was known; `swing` is that season beside what came, where
    that is known by now. `spread` is the standard deviation between draws of the model.
    """

    on: int
    now: Counted
    plain: Floats
    seasonal: Floats | None
    spread: Floats
    swing: Swing | None = None


def look(
    purchases: Purchases,
    now: Counted,
    model: PurchaseModel,
    season: Season | None,
    *,
    on: int,
    question: Question,
    what_if: WhatIf = WhatIf(),
) -> Look:
    """Every rule's path from one day on.

    Takes   purchases, of all customers or a sample, those after `on` not being looked at; regulars
            and base of all customers on that day; the model (see `fitted`) and the season of that
            day; what_if: changes that begin the day after.
    Gives   a Look. Where a sample's share differs from that of all customers, its paths are moved
            by the difference.
    Error   `spread` holds what the draws say; what the rules miss is for their record to say.
    Beware  arrivals are taken to go on as in the recent days: their trend is not prolonged.
    Source  -
    """
    known = purchases.until(on)
    n_draws = min(_MOST_DRAWS, max(_LEAST_DRAWS, _SIMULATED // known.n_customers))
    missed = now.logit - count(known, definition=question.definition, on=on).logit

    def paths(season: Season | None) -> tuple[Floats, Floats]:
        pace = _Pace.of(known, model, season, on=on, question=question)
        simulated = [
            simulate(
                known,
                model,
                pace.assumed(level, what_if),
                on=on,
                targets=on + question.days_ahead,
                definition=question.definition,
                n_draws=n_draws,
                seed=question.seed + on,
            )
            for level in (1.0, pace.level)
        ]
        rows = [_centre(counts) + missed for counts in simulated]
        rows.append(np.full(question.n_steps, now.logit))
        return np.array(rows), _spread(simulated[0])

    plain, spread = paths(None)
    seasonal = None if season is None else paths(season)[0]
    return Look(on, now, plain, seasonal, spread)


def moved(
    present: Look,
    purchases: Purchases,
    model: PurchaseModel,
    *,
    question: Question,
    what_if: WhatIf,
) -> Look:
    """A look moved by what a change would do in the simulation, every rule alike.

    Takes   the look from the present, the purchases and the model behind it; the change.
    Gives   a Look.
    Error   both simulations draw the same numbers, so that little noise is in the difference.
    Beware  what nobody ever tried here is taken to work just as said.
    Source  common random numbers.
    """
    changed = look(
        purchases,
        present.now,
        model,
        None,
        on=present.on,
        question=question,
        what_if=what_if,
    )
    shift = changed.plain[0] - present.plain[0]
    seasonal = None if present.seasonal is None else present.seasonal + shift
    return replace(present, plain=present.plain + shift, seasonal=seasonal)


def surprise(purchases: Purchases, model: PurchaseModel, *, start: int, end: int) -> float:
    """How the purchases of known customers compared with what a model expected of them.

    Takes   a model, and purchases at least up to `end`; customers known at `start` are compared.
    Gives   log of (seen + 1) / (expected + 1), over the days after `start` up to `end`.
    Error   none given.
    Beware  with few customers it is mostly chance.
    Source  -
    """
    known = purchases.until(start)
    state = known.state(start)
    expected = float(model.expected(end - start, x=state.x, t_x=state.t_x, T=state.T).sum())
    had_begun = (purchases.first <= start)[purchases.customer]
    seen = np.count_nonzero(had_begun & (purchases.day > start) & (purchases.day <= end))
    return float(np.log((seen + 1) / (expected + 1)))


@dataclass(frozen=True, slots=True)
class _Pace:
    """The year ahead, and how the days just gone by compare with what the model has of them.

    Arrivals are taken from half a window, since they can end at once; the level from a whole one,
    less swayed by the season, once customers have been watched for half a window before it.
    """

    factors: Floats  # of the season, per day ahead
    level: float  # purchases seen over those expected, in the window
    new_a_day: float  # arrivals, season taken out

    @classmethod
    def of(
        cls,
        known: Purchases,
        model: PurchaseModel,
        season: Season | None,
        *,
        on: int,
        question: Question,
    ) -> "_Pace":
        def factors(first: int, last: int) -> Floats:
            days = np.arange(first, last + 1)
            return np.ones(len(days)) if season is None else season.factors(days)

        half = question.half_window_days
        watched = max(on - question.definition.window_days, int(known.day.min()) + half)
        start = min(watched, on - 1)
        seen = surprise(known, model, start=start, end=on)
        n_new = np.count_nonzero(known.first > on - half)
        return cls(
            factors=factors(on + 1, on + int(question.days_ahead[-1])),
            level=float(np.exp(seen) / factors(start + 1, on).mean()),
            new_a_day=n_new / float(factors(on - half + 1, on).sum()),
        )

    def assumed(self, level: float, what_if: WhatIf) -> Assumptions:
        arrivals = self.new_a_day * self.factors * (1 + what_if.more_new)
        pace = self.factors * level * (1 + what_if.more_often)
        return Assumptions(arrivals, pace, what_if.fewer_lapse)


def fitted(purchases: Purchases, *, on: int) -> PurchaseModel | None:
    """The model of a day.

    Takes   purchases, those after `on` not being looked at.
    Gives   MBG/NBD; where nobody can be told to have left, NBD; None where neither can be fitted.
    Error   that of the fit.
    Beware  no season in it.
    Source  see `models`.
    """
    state = purchases.until(on).state(on)
    leaving = fit("mbg_nbd", x=state.x, t_x=state.t_x, T=state.T)
    if leaving.identifiable:
        return leaving
    staying = fit("nbd", x=state.x, t_x=state.t_x, T=state.T)
    return staying if staying.identifiable else None


def _centre(counts: Counts) -> Floats:
    return log_odds(counts.n_regulars.mean(axis=0), counts.n_base.mean(axis=0))


def _spread(counts: Counts) -> Floats:
    return np.asarray(log_odds(counts.n_regulars, counts.n_base).std(axis=0, ddof=1))
