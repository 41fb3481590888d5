"""Cohorts of the report: which periods suit this history, and the share that came back."""

import numpy as np

from regulars.measure.cohorts import CohortCounts, again_within, cohort_table, retention
from regulars.measure.figure import Figure
from regulars.measure.intervals import proportion, wilson_bounds
from regulars.report.facts import Cohort, CohortCell, CohortFacts
from regulars.report.tables import Tables, day_of, month_starts

YEAR = 365
MONTHS_SHOWN_UP_TO = 18 * 30  # a longer history is shown in quarters
MOST_PERIODS = 12


def cohort_facts(tables: Tables, *, level: float) -> CohortFacts:
    """Retention by month (of 30 days) or quarter (of 91) since the first purchase."""
    seen = tables.as_of - tables.first_on
    unit, period_days = ("month", 30) if seen <= MONTHS_SHOWN_UP_TO else ("quarter", 91)
    n_periods = int(np.clip(seen // period_days, 1, MOST_PERIODS))
    counted = retention(
        tables.visits, engine=tables.engine, period_days=period_days, n_periods=n_periods
    )
    starts = month_starts(tables.first_on, tables.as_of, step=1 if unit == "month" else 3)
    table = cohort_table(counted, starts=starts, as_of=tables.as_of)
    k, n = again_within(counted, as_of=tables.as_of)
    back = (
        proportion(k, n, level=level)
        if n
        else Figure.unknown("history_too_short", needs=YEAR + counted.period_days)
    )
    return CohortFacts(
        unit,
        [_cohort(row, level) for row in table],
        back.seen(day_of(tables.first_on), day_of(tables.as_of)),
    )


def _cohort(row: CohortCounts, level: float) -> Cohort:
    lows, highs = wilson_bounds(row.n_back, row.n_at_risk, level=level)
    cells = [
        CohortCell(
            period=k + 1,
            n_back=int(row.n_back[k]),
            share=float(row.n_back[k] / at_risk),
            low=float(lows[k]),
            high=float(highs[k]),
            is_complete=bool(at_risk == row.n),
            n_at_risk=int(at_risk),
        )
        for k, at_risk in enumerate(row.n_at_risk)
        if at_risk
    ]
    return Cohort(day_of(row.start), row.n, cells)
