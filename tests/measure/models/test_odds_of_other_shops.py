"""Chances of buying held against who did: the reference figures of two more shops."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

from bench.real import JOURNEY, RETAIL
from regulars.measure.models import fit
from tests.measure.models.conftest import shop
from tests.measure.models.test_odds_of_real_buyers import area_under_curve
from tests.support.data import needs_real_data

pytestmark = needs_real_data


@dataclass(frozen=True)
class Watched:
    """Customers known a horizon before the end of a log, and whether they bought in it."""

    history: dict[str, np.ndarray]
    came: np.ndarray


def watched(sql: str, *, end: str, horizon: int) -> Watched:
    """Purchase days before `end`, the last `horizon` of them held back."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE days AS"
            " SELECT DISTINCT customer, moment::DATE - DATE '1970-01-01' AS day"
            f" FROM ({sql}) WHERE is_purchase AND moment < TIMESTAMP '{end}'"
        )
        ((last,),) = connection.sql("SELECT max(day) FROM days").fetchall()
        known = f"day <= {last - horizon}"
        found = connection.sql(
            f"SELECT count(*) FILTER ({known}) - 1 AS x,"
            f" max(day) FILTER ({known}) - min(day) AS t_x,"
            f" {last - horizon} - min(day) AS T, count(*) FILTER (NOT {known}) AS later"
            f" FROM days GROUP BY customer HAVING min(day) <= {last - horizon}"
        ).fetchnumpy()
    history = {name: found[name].astype(float) for name in ("x", "t_x", "T")}
    return Watched(history, found["later"] > 0)


def sharpness(odds: np.ndarray, came: np.ndarray) -> tuple[float, float, float]:
    """Area under the curve, Brier score, log-loss."""
    losses = -np.where(came, np.log(odds), np.log1p(-odds))
    return area_under_curve(odds, came), float(((odds - came) ** 2).mean()), float(losses.mean())


@pytest.fixture(scope="module")
def retail():
    # The last day of the log ends at noon, so the horizon ends the day before.
    return watched(RETAIL, end="2011-12-09", horizon=90)


@pytest.fixture(scope="module")
def journey():
    # The last day but one is the last whole one of the year.
    return watched(JOURNEY, end="2017-12-31", horizon=14)


@pytest.mark.parametrize(
    ("name", "measured"),
    [("bg_nbd", (0.8005, 0.1859, 0.5528)), ("mbg_nbd", (0.8005, 0.1856, 0.5524))],
)
def test_odds_of_online_retail_are_as_sharp_as_measured(retail, name, measured):
    assert (len(retail.came), round(retail.came.mean(), 3)) == (5_281, 0.434)
    odds = fit(name, **retail.history).p_buys(90, **retail.history)
    assert sharpness(odds, retail.came) == pytest.approx(measured, abs=6e-5)


@pytest.mark.parametrize(("name", "said"), [("bg_nbd", 0.153), ("mbg_nbd", 0.143)])
def test_one_time_buyers_of_online_retail_are_underrated_before_christmas(retail, name, said):
    once = retail.history["x"] == 0
    odds = fit(name, **retail.history).p_buys(90, **retail.history)
    assert retail.came[once].mean() == pytest.approx(0.205, abs=5e-4)
    assert odds[once].mean() == pytest.approx(said, abs=5e-4)


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd"])
def test_odds_of_complete_journey_are_as_sharp_as_measured(journey, name):
    assert (len(journey.came), round(journey.came.mean(), 3)) == (1_236, 0.697)
    odds = fit(name, **journey.history).p_buys(14, **journey.history)
    assert sharpness(odds, journey.came) == pytest.approx((0.8424, 0.1441, 0.4571), abs=6e-5)


@pytest.mark.parametrize(
    ("logged", "horizon", "name", "measured"),
    [
        ("retail", 90, "bg_nbd", 0.083),
        ("retail", 90, "mbg_nbd", 0.082),
        ("journey", 14, "bg_nbd", 0.024),
        ("journey", 14, "mbg_nbd", 0.024),
    ],
)
def test_odds_are_off_in_their_tenths_by_as_much_as_measured(
    request, logged, horizon, name, measured
):
    past = request.getfixturevalue(logged)
    odds = fit(name, **past.history).p_buys(horizon, **past.history)
    tenth = np.searchsorted(np.quantile(odds, np.linspace(0.1, 0.9, 9)), odds, side="right")
    off = [odds[tenth == i].mean() - past.came[tenth == i].mean() for i in range(10)]
    assert np.abs(off).mean() == pytest.approx(measured, abs=6e-4)


@pytest.mark.parametrize(("name", "said"), [("bg_nbd", 0.042), ("mbg_nbd", 0.0096)])
def test_one_time_buyers_of_groceries_hardly_come_back(name, said):
    until = date(2007, 9, 30)
    end = until + timedelta(days=90)
    past = shop("grocery_btydplus/grocery_elog.parquet", until=until, end=end, unit=1.0)
    once = past.x == 0
    odds = fit(name, **past.history).p_buys(90, **past.history)
    assert (past.later[once] > 0).mean() == pytest.approx(0.0036, abs=6e-5)
    assert odds[once].mean() == pytest.approx(said, abs=max(6e-5, said / 100))


@pytest.mark.parametrize(("name", "area"), [("retail", 0.7633), ("journey", 0.7898)])
def test_recency_alone_is_blunter(request, name, area):
    watched_shop = request.getfixturevalue(name)
    silence = watched_shop.history["T"] - watched_shop.history["t_x"]
    assert area_under_curve(-silence, watched_shop.came) == pytest.approx(area, abs=6e-5)
