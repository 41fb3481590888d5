"""When customers came back, by when they first came: all that a season is told from."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure.engine import Engine
from regulars.measure.models import PurchaseModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Purchase days by the week customers first bought in (`cohort`) and the day, sorted by both.

    `n` purchase days; `n_first` of them the customer's first; `log_gaps`: the sum of logarithms of
    the days since the purchase before, over the others.
    """

    cohort: IntArray
    day: IntArray
    n: IntArray
    n_first: IntArray
    log_gaps: FloatArray

    def mean_log_gap(self, on: int) -> float:
        """Mean logarithm of the gaps that had ended by a day; 0 where there were none."""
        seen = self.day <= on
        n = int((self.n - self.n_first)[seen].sum())
        return float(self.log_gaps[seen].sum()) / n if n else 0.0


def rhythm(visits: nw.LazyFrame[Any], *, engine: Engine) -> Rhythm:
    """When customers came back, by when they first came.

    Takes   visits: day, first_day, before_1 (see `rfm.visits`).
    Gives   a Rhythm: about a row per week of arrival and later day, however many customers.
    Error   exact.
    Beware  customers from before the history begins count as having come on its first days.
    Source  the cohort (Lexis) diagram of demography.
    """
    day, before = nw.col("day"), nw.col("before_1")
    is_first = before.is_null()
    counted = engine.arrays(
        visits.select(
            day=day,
            cohort=nw.col("first_day") - nw.col("first_day") % WEEK_DAYS,
            is_first=is_first.cast(nw.Int64),
            gap=nw.when(is_first).then(1).otherwise(day - before).cast(nw.Float64),
        )
        .with_columns(log_gap=nw.col("gap").log())
        .group_by("cohort", "day")
        .agg(n=nw.len(), n_first=nw.col("is_first").sum(), log_gaps=nw.col("log_gap").sum())
    )
    order = np.lexsort((counted["day"], counted["cohort"]))
    whole = {
        name: counted[name][order].astype(np.int64) for name in ("cohort", "day", "n", "n_first")
    }
    return Rhythm(**whole, log_gaps=counted["log_gaps"][order].astype(np.float64))


def expected_returns(
    model: PurchaseModel, born: IntArray, n_born: IntArray, edges: IntArray
) -> FloatArray:
    """Returns the model expects between neighbouring edges, of who first bought on each day."""
    ages = np.maximum(edges - born[:, None], 0)
    by_age = model.expected_since_start(np.arange(int(ages.max()) + 1, dtype=np.float64))
    return np.asarray(n_born[:, None] * np.diff(by_age[ages], axis=1))
