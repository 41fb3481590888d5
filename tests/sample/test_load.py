from pathlib import Path

import duckdb
import pytest

from regulars.sample import bench_orders


def test_a_load_file_has_the_lines_and_customers_asked_for(tmp_path):
    path = tmp_path / "load.parquet"
    bench_orders(path, lines=10_007, customers=1_000, seed=3)
    assert duckdb.execute(
        f"""select count(*), count(distinct customer_id), max(customer_id),
            max(order_id) - count(distinct order_id), min(amount) > 0 from '{path}'"""
    ).fetchone() == (10_007, 1_000, 1_000, 0, True)
    assert [(row[0], row[1]) for row in duckdb.execute(f"describe from '{path}'").fetchall()] == [
        ("order_id", "BIGINT"),
        ("customer_id", "BIGINT"),
        ("ordered_at", "TIMESTAMP"),
        ("amount", "DECIMAL(12,2)"),
    ]


def test_an_order_is_of_one_customer_at_one_moment(tmp_path):
    path = tmp_path / "load.parquet"
    bench_orders(path, lines=5_000, customers=500)
    assert duckdb.execute(
        f"""select max(c), max(t) from (select count(distinct customer_id) c,
            count(distinct ordered_at) t from '{path}' group by order_id)"""
    ).fetchone() == (1, 1)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"path": Path("load.csv")}, "path is 'load.csv'; wanted a name that ends with .parquet"),
        ({"customers": 0}, "customers is 0; wanted at least 1"),
        (
            {"lines": 1_000, "customers": 1_000, "seed": 1},
            "lines is too small: it leaves 1000 for 3022 purchases",
        ),
    ],
)
def test_a_load_file_that_cannot_be_made_is_refused(tmp_path, how, message):
    with pytest.raises(ValueError, match=message):
        bench_orders(**({"path": tmp_path / "load.parquet"} | how))
