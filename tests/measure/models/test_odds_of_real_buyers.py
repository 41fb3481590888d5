"""Chances of buying within a horizon, held against who did: the reference figures of real shops."""

from datetime import date, timedelta

import numpy as np
import pytest

from regulars.measure.models import fit
from tests.measure.models.conftest import CDNOW, shop


def watched_on():
    """The full CDNOW cohort until 90 days before its end, and the 90 days after."""
    until = date(1998, 3, 31)
    end = until + timedelta(days=90)
    return shop("cdnow/cdnow_full.parquet", until=until, end=end, unit=1.0)


def area_under_curve(odds: np.ndarray, came: np.ndarray) -> float:
    """How often a buyer had the higher odds, out of all pairs of a buyer and another; ties half."""
    _, level = np.unique(odds, return_inverse=True)
    buyers, others = np.bincount(level, came), np.bincount(level, ~came)
    below = np.cumsum(others) - others / 2
    return float(buyers @ below / (buyers.sum() * others.sum()))


@pytest.mark.parametrize(
    ("name", "auc", "brier", "log_loss", "calibration"),
    [("bg_nbd", 0.8304, 0.0895, 0.3033, 0.0219), ("mbg_nbd", 0.8336, 0.0893, 0.3013, 0.0170)],
)
def test_odds_of_the_full_cohort_are_as_sharp_as_measured(name, auc, brier, log_loss, calibration):
    past = watched_on()
    came = past.later > 0
    odds = fit(name, **past.history).p_buys(90, **past.history)
    assert (len(came), round(came.mean(), 3)) == (23_570, 0.140)
    assert area_under_curve(odds, came) == pytest.approx(auc, abs=6e-5)
    assert ((odds - came) ** 2).mean() == pytest.approx(brier, abs=6e-5)
    losses = -np.where(came, np.log(odds), np.log1p(-odds))
    assert losses.mean() == pytest.approx(log_loss, abs=6e-5)
    tenths = np.array_split(np.argsort(odds, kind="stable"), 10)
    off = [abs(odds[rows].mean() - came[rows].mean()) for rows in tenths]
    # Customers of equal odds fall to one side of a tenth or the other by their order.
    assert np.mean(off) == pytest.approx(calibration, abs=1.5e-4)


def test_odds_beat_recency_alone():
    past = watched_on()
    silence = past.T - past.t_x
    assert area_under_curve(-silence, past.later > 0) == pytest.approx(0.8280, abs=6e-5)


@pytest.mark.parametrize(("name", "said"), [("bg_nbd", 0.048), ("mbg_nbd", 0.036)])
def test_one_time_buyers_are_overrated_less_where_they_may_have_left(name, said):
    past = watched_on()
    once = past.x == 0
    odds = fit(name, **past.history).p_buys(90, **past.history)
    assert (past.later[once] > 0).mean() == pytest.approx(0.030, abs=5e-4)
    assert odds[once].mean() == pytest.approx(said, abs=5e-4)


def test_what_customers_of_the_sample_did_is_what_the_paper_counts(cdnow_sample):
    group = np.minimum(cdnow_sample.x, 7).astype(int)
    assert np.bincount(group).tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert np.bincount(group, cdnow_sample.later) / np.bincount(group) == pytest.approx(
        [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359], abs=6e-4
    )
    assert cdnow_sample.later.mean() == pytest.approx(0.7985, abs=6e-5)  # error of saying zero


def test_repeat_purchases_of_the_sample_add_up_as_published():
    days = (date(1996, 12, 31) + timedelta(weeks=week) for week in (13, 26, 39, 52, 65, 78))
    found = [
        shop("cdnow/cdnow_sample.parquet", unit=7.0, **(CDNOW | {"until": until})).x.sum()
        for until in days
    ]
    assert found == [828, 1746, 2457, 3183, 3844, 4339]
