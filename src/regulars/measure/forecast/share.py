"""The forecast of the share of regulars: looks from past days, pooled, drawn as paths."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from regulars.measure.forecast.looks import (
    STEP_DAYS,
    Look,
    Question,
    WhatIf,
    fitted,
    look,
    moved,
)
from regulars.measure.forecast.pool import Pooled, growth, pool
from regulars.measure.forecast.purchases import Floats, Ints, Purchases, count
from regulars.measure.forecast.result import (
    LEVELS,
    Band,
    Forecast,
    PastStep,
    Record,
    Step,
    record_of,
)
from regulars.measure.models.inputs import BadInput, single, whole
from regulars.measure.regulars import Definition
from regulars.measure.season import TRIAL_DAYS, season, swing

_N_PATHS = 4_000
RECORD_LEVEL = 0.9
# Earlier looks that must have met an outcome before a band is given.
LEAST_BACKTESTS = 3
_LEAST_BASE = 30
_MOST_STEPS = 24
# Four years of looks: what was missed longer ago says little of the shop as it is now.
MOST_LOOKS = 48
# More customers than this are sampled: what the sample misses is small beside any forecast error.
MOST_CUSTOMERS = 20_000


def forecast(
    customer: ArrayLike,
    day: ArrayLike,
    *,
    definition: Definition,
    as_of: int,
    n_steps: int = 6,
    seed: int = 0,
    what_if: WhatIf | None = None,
) -> Forecast:
    """The share of regulars in steps of 30 days, with bands from its own past errors.

    Takes   customer and day: one row per customer and purchase day, whole numbers, sorted by both;
            day counts from any origin. Rows after `as_of` are not read. what_if: a change from
            tomorrow on, as `WhatIf(fewer_lapse=0.10)`.
    Gives   a Forecast; where it cannot be told from this history, `why_not` is a code of `WHY_NOT`
            and `needs` the customers ("too_few") or days ("history_too_short") that would do.
    Error   bands and dates hold what this forecast got wrong at past origins and the noise of
            chance; `record` says how often its bands held.
    Beware  a what-if moves the middle and keeps the error: the change itself is taken as certain.
    Source  simulation: see `ahead`; pooling and bands: see `pool`; both measured by
            `bench/forecast.py`.
    """
    (told,) = forecasts(
        customer,
        day,
        definition=definition,
        as_of=as_of,
        n_steps=n_steps,
        seed=seed,
        what_ifs=[what_if or WhatIf()],
    )
    return told


def forecasts(
    customer: ArrayLike,
    day: ArrayLike,
    *,
    definition: Definition,
    as_of: int,
    what_ifs: Sequence[WhatIf],
    n_steps: int = 6,
    seed: int = 0,
) -> list[Forecast]:
    """A forecast for each change, from one look at the past: `WhatIf()` is no change.

    Takes   what_ifs: the changes; the rest as `forecast`.
    Gives   as many Forecasts, in that order.
    Error   see `forecast`.
    Beware  see `forecast`.
    Source  see `forecast`.
    """
    question = _question(definition, n_steps, seed)
    changes = [_checked(change) for change in what_ifs]
    purchases = Purchases.checked(customer, day).until(whole("as_of", as_of))
    said, looks = _looked(purchases, as_of=as_of, question=question)
    if said.why_not is not None:
        return [said] * len(changes)
    seen, sample = seen_by_day(purchases, looks, question), purchases.thinned(MOST_CUSTOMERS)
    model = fitted(sample, on=as_of)
    told = []
    for change in changes:
        last = looks[-1]
        if change != WhatIf() and model is not None:
            last = moved(last, sample, model, question=question, what_if=change)
        told.append(_told(said, [*looks[:-1], last], seen, question))
    return told


def _looked(purchases: Purchases, *, as_of: int, question: Question) -> tuple[Forecast, list[Look]]:
    """What is known today, and the looks from past days; `why_not` where they do not do."""
    definition = question.definition
    now = count(purchases, definition=definition, on=as_of)
    said = Forecast(definition, as_of, now.n_regulars, now.n_base, None)
    if now.n_base < _LEAST_BASE:
        return dataclasses.replace(said, why_not="too_few", needs=_LEAST_BASE), []
    said = dataclasses.replace(said, share=now.share)
    start = int(purchases.day.min())
    needs = definition.window_days + LEAST_BACKTESTS * STEP_DAYS
    if as_of - start < needs:
        return dataclasses.replace(said, why_not="history_too_short", needs=needs), []
    looks = looks_until(purchases, as_of=as_of, question=question)
    if len(looks) <= LEAST_BACKTESTS or looks[-1].on != as_of:
        return dataclasses.replace(said, why_not="not_identifiable"), []
    return said, looks


def looks_until(purchases: Purchases, *, as_of: int, question: Question) -> list[Look]:
    """Looks from every 30th day back from `as_of` that has a whole window behind it, oldest first.

    Takes   purchases up to `as_of`.
    Gives   looks from the latest 48 such days and `as_of` itself; days on which no model could be
            fitted are missing.
    Error   -
    Beware  each uses only what was known on its own day, the season included.
    Source  rolling origins: Tashman 2000, International J. of Forecasting 16.
    """
    first = int(purchases.day.min()) + question.definition.window_days
    sample = purchases.thinned(MOST_CUSTOMERS)
    rhythm = sample.rhythm
    looks: list[Look] = []
    n_past = min((as_of - first) // STEP_DAYS, MOST_LOOKS)
    for on in range(as_of - n_past * STEP_DAYS, as_of + 1, STEP_DAYS):
        model = fitted(sample, on=on)
        if model is None:
            continue
        now = count(purchases, definition=question.definition, on=on)
        year = season(rhythm, model, on=on)
        found = look(sample, now, model, year, on=on, question=question)
        if year is not None and on + TRIAL_DAYS <= as_of:
            found = dataclasses.replace(found, swing=swing(rhythm, model, year, on=on))
        looks.append(found)
    return looks


def said_before(looks: Sequence[Look], seen: Mapping[int, float], question: Question) -> Record:
    """What each look but the last would have led to, beside what came of it.

    Takes   looks, oldest first; log odds seen by day, as far as they are known.
    Gives   a Record of all steps with a known outcome; the first looks, with too few errors of
            their own behind them to give a band, are left out.
    Error   that of `record_of`.
    Beware  early bands had less to learn from than the present one has.
    Source  -
    """
    steps: list[PastStep] = []
    for i in range(LEAST_BACKTESTS, len(looks) - 1):
        pooled = pool(looks[i], looks[:i], seen, window_days=question.definition.window_days)
        assert pooled is not None
        steps += met(pooled, looks[i].on + question.days_ahead, seen, said_on=looks[i].on)
    return record_of(steps, level=RECORD_LEVEL)


def met(pooled: Pooled, days: Ints, seen: Mapping[int, float], *, said_on: int) -> list[PastStep]:
    """The steps of a past forecast whose outcome is known.

    Takes   what was said on day `said_on` of each of the days; log odds seen by day.
    Gives   a PastStep for each day that has come, with the band of `RECORD_LEVEL`.
    Error   -
    Beware  -
    Source  -
    """
    low, high = pooled.band(RECORD_LEVEL)
    return [
        PastStep(
            said_on=said_on,
            on=on,
            median=float(pooled.median[i]),
            low=float(low[i]),
            high=float(high[i]),
            actual=float(expit(seen[on])),
        )
        for i, on in enumerate(days.tolist())
        if on in seen
    ]


def seen_by_day(
    purchases: Purchases, looks: Sequence[Look], question: Question
) -> dict[int, float]:
    """Log odds of being a regular on each day that a look was aimed at, where it has come.

    Takes   purchases; looks, oldest first: the last is the present.
    Gives   log odds by day.
    Error   exact.
    Beware  -
    Source  -
    """
    targets = {before.on + ahead for before in looks for ahead in question.days_ahead.tolist()}
    return {
        on: count(purchases, definition=question.definition, on=on).logit
        for on in sorted(targets)
        if on <= looks[-1].on
    }


def _told(
    said: Forecast, looks: Sequence[Look], seen: Mapping[int, float], question: Question
) -> Forecast:
    pooled = pool(looks[-1], looks[:-1], seen, window_days=question.definition.window_days)
    assert pooled is not None
    paths = _paths(pooled, question)
    bands = {level: pooled.band(level) for level in LEVELS}
    steps = tuple(
        Step(
            on=said.as_of + ahead,
            median=float(pooled.median[i]),
            mean=float(paths[:, i].mean()),
            bands=tuple(
                Band(level, float(low[i]), float(high[i])) for level, (low, high) in bands.items()
            ),
        )
        for i, ahead in enumerate(question.days_ahead.tolist())
    )
    return dataclasses.replace(
        said,
        steps=steps,
        record=said_before(looks, seen, question),
        weights=pooled.weights,
        has_season=pooled.has_season,
        paths=paths,
    )


def _paths(pooled: Pooled, question: Question) -> Floats:
    """Courses of the share with the bands' own distribution at every step.

    Until the window is renewed a miss grows in a straight line; from then on it wanders, as chance
    does from the start.
    """
    rng = np.random.default_rng(question.seed)
    n_steps = len(question.days_ahead)
    windows = question.days_ahead / question.definition.window_days
    added = np.diff(np.maximum(windows, 1), prepend=1)
    wandered = np.cumsum(rng.normal(size=(_N_PATHS, n_steps)) * np.sqrt(added), axis=1)
    missed = np.minimum(windows, 1) * rng.normal(size=(_N_PATHS, 1)) + wandered
    missed /= growth(question.days_ahead, question.definition.window_days)
    chance = np.cumsum(rng.normal(size=(_N_PATHS, n_steps)), axis=1)
    chance /= np.sqrt(np.arange(1, n_steps + 1))
    error = pooled.missed * missed + pooled.chance * chance
    tails = np.sqrt(pooled.freedom / rng.chisquare(pooled.freedom, size=(_N_PATHS, 1)))
    return np.asarray(expit(pooled.centre + tails * error))


def _question(definition: Definition, n_steps: int, seed: int) -> Question:
    if whole("n_steps", n_steps) not in range(1, _MOST_STEPS + 1):
        raise BadInput("n_steps", f"n_steps is {n_steps}; wanted 1 to {_MOST_STEPS}", value=n_steps)
    if whole("seed", seed) < 0:
        raise BadInput("seed", f"seed is {seed}; wanted 0 or more", value=seed)
    return Question(definition, n_steps, seed)


def _checked(what_if: WhatIf) -> WhatIf:
    for field in dataclasses.fields(what_if):
        value = getattr(what_if, field.name)
        if not -1 <= single(field.name, value) <= 1:
            wanted = "wanted a share from -1 to 1: .10 is 10 %"
            raise BadInput(field.name, f"{field.name} is {value:g}; {wanted}", value=value)
    return what_if
