"""Reports of real histories, held to published and independently computed figures."""

import json
from datetime import date

import duckdb
import pytest

from regulars.intake.history import ReadOptions
from regulars.report.asked import Asked
from regulars.report.run import write_report
from tests.support.data import REAL, needs_real_data

pytestmark = needs_real_data


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Reports by name, each made once: report("cdnow", files...) gives its JSON document."""
    made = {}

    def make(name, *files, **options):
        if name not in made:
            out = tmp_path_factory.mktemp(name)
            write_report(
                [REAL / f for f in files], out, options=ReadOptions(**options), asked=Asked()
            )
            document = json.loads((out / "report.json").read_text())
            told = document["input"]
            assert told["rows_read"] == told["rows_used"] + told["rows_put_aside"]
            assert told["rows_put_aside"] == sum(told["reasons"].values())
            made[name] = document
        return made[name]

    return make


RETAIL = (
    "online_retail_ii/online_retail_ii_2009_2010.parquet",
    "online_retail_ii/online_retail_2010_2011.parquet",
)


def test_cdnow_fits_to_the_known_optimum_in_days(report):
    found = report("cdnow_1997", "cdnow/cdnow_full.parquet", as_of=date(1997, 9, 30))
    model = found["model"]
    # checks of lifetimes and pymc-marketing in weeks: alpha and LL carried over to days
    weeks = {"r": 0.637140, "alpha": 7.310289 * 7, "a": 0.807474, "b": 1.228394}
    assert model["params"] == pytest.approx(weeks, rel=2e-6)
    assert model["log_likelihood"] == pytest.approx(-142694.5736, abs=0.01)
    assert (model["name"], model["time_unit"], model["converged"]) == ("mbg_nbd", "days", True)
    assert found["customers"] == 23_570
    assert found["input"]["reasons"] == {"after_as_of": 69_659 - 49_086}


def test_cdnow_concentration_is_the_published_one(report):
    spread = report("cdnow", "cdnow/cdnow_full.parquet")["concentration"]
    assert round(spread["top_20_share"], 3) == 0.677
    assert round(spread["gini"], 3) == 0.634
    assert round(spread["customers_for_80_share"], 3) == 0.327


def test_online_retail_counts_the_nine_days_both_files_hold_once(report):
    found = report("retail", *RETAIL)
    told = found["input"]
    assert (told["rows_read"], told["reasons"]) == (525_461 + 541_908, {"repeat": 22_523})
    (repeats,) = told["repeats"]
    assert (repeats["first_on"], repeats["last_on"]) == ("2010-12-01", "2010-12-09")
    cut = duckdb.sql(
        f"""
        WITH lines AS (
            SELECT * FROM '{REAL / RETAIL[0]}' WHERE invoice_date < '2010-12-01'
            UNION ALL BY NAME SELECT * FROM '{REAL / RETAIL[1]}')
        SELECT count(*), sum(round(quantity * price * 100)::BIGINT),
               count(*) FILTER (customer_id IS NULL),
               count(DISTINCT customer_id) FILTER (quantity > 0 AND price > 0)
        FROM lines"""
    ).fetchall()[0]
    assert told["rows_used"] == cut[0]
    assert found["net_revenue_minor"] == pytest.approx(cut[1], abs=300)  # halves of a penny
    assert (told["rows_anonymous"], found["customers"]) == (cut[2], cut[3])


def test_online_retail_concentration_before_returns_is_the_published_one(report):
    spread = report("retail", *RETAIL)["concentration"]
    published = {"top_20_share": 0.772, "gini": 0.741, "customers_for_80_share": 0.231}
    found = {key: round(spread["before_returns"][key]["value"], 3) for key in published}
    assert found == published
    assert round(spread["top_20_share"], 3) == 0.765  # returns taken off


def test_a_log_without_amounts_is_measured_by_days(report):
    found = report("grocery", "grocery_btydplus/grocery_elog.parquet")
    assert found["net_revenue_minor"] is None
    assert found["concentration"]["by"] == "purchase_days"
    assert round(found["concentration"]["top_20_share"], 3) == 0.657
    assert found["regulars"]["revenue_share_figure"]["why_not"] == "no_amounts"
    assert found["customers"] == 1525


def test_complete_journey_concentration_is_the_published_one(report):
    found = report("journey", "complete_journey_even/transactions.parquet")
    assert round(found["concentration"]["top_20_share"], 3) == 0.543
    assert (found["customers"], found["orders"]) == (1238, 78_536)


def test_olist_orders_and_payments_are_joined_on_the_order(report):
    found = report(
        "olist",
        "olist_partial/orders_first_9999.parquet",
        "olist_partial/order_payments_full.parquet",
    )
    told = found["input"]
    assert told["rows_read"] == 9_999 + 103_886
    orders, payments = (
        f"'{REAL / 'olist_partial' / name}.parquet'"
        for name in ("orders_first_9999", "order_payments_full")
    )
    known = duckdb.sql(
        f"SELECT count(*) FROM {payments} WHERE order_id IN (SELECT order_id FROM {orders})"
    ).fetchall()[0][0]
    assert told["reasons"] == {"order_unknown": 103_886 - known}
    assert found["model"]["why_not"] == "no_repeat_buyers"  # a customer id is for one order there
    assert found["activity"] is None
