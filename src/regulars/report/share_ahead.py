"""The forecast of the share of regulars as the report tells it."""

from concurrent.futures import Executor, Future
from typing import Any

import numpy as np

from regulars.measure.engine import Engine
from regulars.measure.forecast import Forecast, WhatIf, forecasts
from regulars.report.facts import ForecastFacts, ForecastStep, GoalFacts
from regulars.report.tables import Sample, Tables, day_of

STEPS = 12  # of 30 days
FEWER = 0.1


def forecast_facts(
    tables: Tables, sample: Sample, *, goal: float | None, beside: Executor
) -> Future[ForecastFacts]:
    """A year ahead in steps of 30 days, beside it what a tenth fewer lapsing would change.

    Simulating takes one processor for seconds, so it goes on beside the other measures. It does
    not touch the engine, which serves one thread at a time.
    """
    numbered, day = _purchase_days(sample, tables.engine)
    return beside.submit(_foretold, tables, numbered, day, goal)


def _foretold(tables: Tables, numbered: Any, day: Any, goal: float | None) -> ForecastFacts:
    told, fewer = forecasts(
        numbered,
        day,
        definition=tables.definition,
        as_of=tables.as_of,
        n_steps=STEPS,
        what_ifs=[WhatIf(), WhatIf(fewer_lapse=FEWER)],
    )
    record = told.record
    return ForecastFacts(
        steps=[_step(step) for step in told.steps],
        n_past=len(record.steps) if record else 0,
        held_share=record.coverage_share if record else None,
        missed=record.mean_absolute_error if record else None,
        width=record.width if record else None,
        has_season=told.has_season,
        if_fewer=fewer.steps[-1].median if fewer.steps else None,
        goal=None if goal is None or not told.steps else _goal(told, goal),
        why_not=told.why_not,
        needs=told.needs,
    )


def _purchase_days(sample: Sample, engine: Engine) -> tuple[Any, Any]:
    """Purchase days, sorted, customers as numbers; of a sample every third customer will do."""
    found = engine.arrays(sample.visits.select("customer", "day"))
    _, numbered = np.unique(found["customer"], return_inverse=True)
    day = found["day"].astype(np.int64)
    if sample.factor > 1:
        kept = numbered % 3 == 0
        numbered, day = numbered[kept], day[kept]
    order = np.lexsort((day, numbered))
    return numbered[order], day[order]


def _step(step: Any) -> ForecastStep:
    nine, five = step.band(0.9), step.band(0.5)
    return ForecastStep(day_of(step.on), step.median, nine.low, nine.high, five.low, five.high)


def _goal(told: Forecast, share: float) -> GoalFacts:
    reached = told.goal_date(share)
    odds = np.cumsum(reached.probabilities).tolist()
    by = [(day_of(day), float(p)) for day, p in zip(reached.on, odds, strict=True)]
    return GoalFacts(share, by, reached.not_within)
