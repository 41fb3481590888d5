"""Real purchase histories, prepared as the papers prepare them, and made ones with known truth."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import duckdb
import numpy as np
import pytest

from tests.support.data import REAL


@dataclass(frozen=True)
class Shop:
    """A history up to a day, and what came after; times in `unit` days."""

    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    log_gaps: np.ndarray  # per customer the sum of the logarithms of the gaps between purchases
    mean_spend: np.ndarray  # of a repeat purchase
    later: np.ndarray  # purchases in the holdout

    @property
    def history(self) -> dict[str, np.ndarray]:
        return {"x": self.x, "t_x": self.t_x, "T": self.T}


@cache
def shop(path: str, *, until: date, end: date, unit: float, spend: str = "0") -> Shop:
    if not REAL.is_dir():
        pytest.skip("real data sets are not beside this checkout")
    found = duckdb.execute(
        f"""
        with days as (
            select customer_id, "date"::date as d, sum({spend}) as spent
            from read_parquet($file) where "date"::date <= $end group by all),
        gaps as (
            select *, d - lag(d) over (partition by customer_id order by d) as gap,
                   min(d) over (partition by customer_id) as first
            from days)
        select count(gap) filter (d <= $until) as x,
               max(d - first) filter (d <= $until) / $unit as t_x,
               ($until - min(first)) / $unit as T,
               coalesce(sum(ln(gap / $unit)) filter (d <= $until), 0) as log_gaps,
               coalesce(avg(spent) filter (gap > 0 and d <= $until), 0) as mean_spend,
               count(*) filter (d > $until) as later
        from gaps where first <= $until group by customer_id order by customer_id""",
        {"file": str(REAL / path), "until": until, "end": end, "unit": unit},
    ).fetchnumpy()
    return Shop(**{name: np.asarray(column, float) for name, column in found.items()})


CDNOW = {"until": date(1997, 9, 30), "end": date(1998, 6, 30), "spend": "amount"}


@pytest.fixture
def cdnow_sample() -> Shop:
    return shop("cdnow/cdnow_sample.parquet", unit=7.0, **CDNOW)


@pytest.fixture
def cdnow_full() -> Shop:
    return shop("cdnow/cdnow_full.parquet", unit=7.0, **CDNOW)


@pytest.fixture
def cdnow_full_in_days() -> Shop:
    return shop("cdnow/cdnow_full.parquet", unit=1.0, **CDNOW)


@pytest.fixture
def donors() -> dict[str, np.ndarray]:
    """The 1995 cohort of 11,104 donors, asked in each of six years."""
    if not REAL.is_dir():
        pytest.skip("real data sets are not beside this checkout")
    found = duckdb.read_csv(str(REAL / "donations_bgbb" / "donations.csv")).fetchnumpy()
    names = {"x": "frequency", "t_x": "recency", "T": "periods", "weights": "weights"}
    return {name: np.asarray(found[column], float) for name, column in names.items()}


@pytest.fixture
def grocery() -> Shop:
    return shop(
        "grocery_btydplus/grocery_elog.parquet",
        until=date(2006, 12, 31),
        end=date(2007, 12, 30),
        unit=7.0,
    )
