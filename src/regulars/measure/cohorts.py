"""Who stays, by when they came."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure.engine import Engine

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Retention:
    """By day of first purchase: how many came, and how many were back in each later period.

    `first_day` sorted, each once; `n` customers; `back[i, k - 1]` of them bought in the k-th period
    of `period_days` after the first purchase; `again[i]` bought again within `again_days`.
    """

    period_days: int
    again_days: int
    first_day: IntArray
    n: IntArray
    back: IntArray
    again: IntArray


def retention(
    visits: nw.LazyFrame[Any],
    *,
    engine: Engine,
    period_days: int,
    n_periods: int,
    again_days: int = 365,
) -> Retention:
    """Count returners by day of first purchase and by period since, each customer on own time.

    Takes   visits: customer, day, first_day, before_1 (see `rfm.visits`).
    Gives   a Retention. Period k of a customer who first bought on day f runs over the days
            [f + k * period_days, f + (k + 1) * period_days); k = 1 .. n_periods.
    Error   exact counts.
    Beware  periods that had not fully passed are counted as far as they went: see `cohort_table`.
    Source  -
    """
    age = nw.col("day") - nw.col("first_day")
    period = age // period_days
    before = (nw.col("before_1") - nw.col("first_day")) // period_days
    is_first = nw.col("before_1").is_null()
    firsts = engine.arrays(visits.filter(is_first).group_by("first_day").agg(n=nw.len()))
    returns = engine.arrays(
        visits.filter(~is_first)
        .with_columns(period=period, is_new=period > before)
        .filter(nw.col("is_new"), nw.col("period") <= n_periods)
        .group_by("first_day", "period")
        .agg(n=nw.len())
    )
    seconds = engine.arrays(
        visits.filter(nw.col("before_1") == nw.col("first_day"), age <= again_days)
        .group_by("first_day")
        .agg(n=nw.len())
    )
    first_day = np.sort(firsts["first_day"].astype(np.int64))
    n = np.zeros(first_day.size, dtype=np.int64)
    n[np.searchsorted(first_day, firsts["first_day"])] = firsts["n"]
    back = np.zeros((first_day.size, n_periods), dtype=np.int64)
    row = np.searchsorted(first_day, returns["first_day"])
    back[row, returns["period"].astype(np.int64) - 1] = returns["n"]
    again = np.zeros(first_day.size, dtype=np.int64)
    again[np.searchsorted(first_day, seconds["first_day"])] = seconds["n"]
    return Retention(period_days, again_days, first_day, n, back, again)


@dataclass(frozen=True, slots=True)
class CohortCounts:
    """One cohort: `n` customers; per period those at risk (it had fully passed) and those back."""

    start: int
    n: int
    n_at_risk: IntArray
    n_back: IntArray


def cohort_table(counted: Retention, *, starts: IntArray, as_of: int) -> list[CohortCounts]:
    """Days of first purchase gathered into cohorts.

    Takes   starts: first days of the cohorts, sorted; a cohort runs up to the next start.
    Gives   one CohortCounts per start that has customers. Only customers whose whole period had
            passed by as_of are at risk in it and counted as back, so that a young cohort is not
            made to look worse than it is.
    Error   exact counts.
    Beware  within one cohort later periods may be counted over fewer customers than earlier ones.
    Source  -
    """
    n_periods = counted.back.shape[1]
    cohort = np.searchsorted(starts, counted.first_day, side="right") - 1
    ends = counted.first_day[:, None] + counted.period_days * (np.arange(n_periods)[None, :] + 2)
    passed = ends <= as_of + 1
    table = []
    for index, start in enumerate(starts):
        mine = cohort == index
        if mine.any():
            seen = passed[mine]
            table.append(
                CohortCounts(
                    int(start),
                    int(counted.n[mine].sum()),
                    (counted.n[mine][:, None] * seen).sum(axis=0),
                    (counted.back[mine] * seen).sum(axis=0),
                )
            )
    return table


def again_within(counted: Retention, *, as_of: int) -> tuple[int, int]:
    """Of those whose whole `again_days` had passed: how many bought again in them.

    Takes   a Retention.
    Gives   (k, n).
    Error   exact; for the share see `intervals.proportion`.
    Beware  n is 0 where the history is shorter than again_days.
    Source  -
    """
    passed = counted.first_day + counted.again_days <= as_of
    return int(counted.again[passed].sum()), int(counted.n[passed].sum())
