"""The 80/20 of real shops, none of which has it: share of the top fifth, Gini, four fifths."""

import duckdb
import numpy as np
import pytest

from regulars.measure.concentration import concentration
from tests.support.data import REAL, needs_real_data

SPENT = {
    "CDNOW": f"""
        select customer_id as id, sum(amount) as held from '{REAL}/cdnow/cdnow_full.parquet'""",
    # What was bought, before returns; the first file ends where the second begins.
    "Online Retail II": f"""
        select customer_id as id, sum(quantity * price) as held from (
            from '{REAL}/online_retail_ii/online_retail_ii_2009_2010.parquet'
            where invoice_date < date '2010-12-01'
            union all by name from '{REAL}/online_retail_ii/online_retail_2010_2011.parquet')
        where price > 0 and quantity > 0 and customer_id is not null""",
    "grocery orders": f"""
        select customer_id as id, count(distinct date) as held
        from '{REAL}/grocery_btydplus/grocery_elog.parquet'""",
    "Complete Journey": f"""
        select household_id as id, sum(sales_value) as held
        from '{REAL}/complete_journey_even/transactions.parquet'""",
}


def held(name: str) -> np.ndarray:
    return duckdb.sql(f"{SPENT[name]} group by id having held > 0").fetchnumpy()["held"]


@needs_real_data
@pytest.mark.parametrize(
    ("name", "top_20_share", "gini", "holders_for_80_share"),
    [
        ("CDNOW", 0.677, 0.634, 0.327),
        ("Online Retail II", 0.772, 0.741, 0.231),
        ("grocery orders", 0.657, 0.618, 0.325),
        ("Complete Journey", 0.543, 0.519, 0.424),
    ],
)
def test_real_shops_are_as_uneven_as_measured(name, top_20_share, gini, holders_for_80_share):
    found = concentration(np.asarray(held(name), dtype=float))
    assert found.top_20_share.value == pytest.approx(top_20_share, abs=6e-4)
    assert found.gini.value == pytest.approx(gini, abs=6e-4)
    assert found.holders_for_80_share.value == pytest.approx(holders_for_80_share, abs=1.1e-3)
