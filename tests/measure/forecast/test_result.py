import dataclasses

import numpy as np
import pytest

from regulars.measure.forecast import Band, Forecast, PastStep, Step
from regulars.measure.forecast.result import record_of
from regulars.measure.models import BadInput
from regulars.measure.regulars import Definition

PATHS = np.array([[0.20, 0.30], [0.31, 0.29], [0.10, 0.29], [0.35, 0.40]])
STEPS = tuple(Step(on, 0.3, 0.3, (Band(0.9, 0.1, 0.5),)) for on in (130, 160))
FORECAST = Forecast(Definition(), 100, 20, 100, 0.2, steps=STEPS, paths=PATHS)


def test_the_date_of_a_goal_counts_the_first_time_it_is_reached():
    found = FORECAST.goal_date(0.30)
    assert (found.on, found.probabilities, found.not_within) == ((130, 160), (0.5, 0.25), 0.25)
    assert [found.by(day) for day in (129, 130, 160)] == [0, 0.5, 0.75]


def test_a_goal_reached_already_is_reached_today():
    found = FORECAST.goal_date(0.2)
    assert (found.on, found.probabilities, found.not_within) == ((100,), (1.0,), 0.0)


@pytest.mark.parametrize("goal", [0.0, -0.1, 1.01, float("nan")])
def test_a_goal_that_is_no_share_is_refused(goal):
    with pytest.raises(BadInput, match="wanted a share above 0 and at most 1"):
        FORECAST.goal_date(goal)


def test_a_date_cannot_be_read_where_there_is_no_forecast():
    without = dataclasses.replace(FORECAST, paths=None, why_not="history_too_short")
    with pytest.raises(BadInput, match="no date: cannot be told from this history"):
        without.goal_date(0.3)


def test_a_record_worked_by_hand():
    said = (0, 30, 0.30, 0.20, 0.40)
    record = record_of([PastStep(*said, 0.35), PastStep(*said, 0.43)], level=0.9)
    assert record.mean_absolute_error == pytest.approx((0.05 + 0.13) / 2)
    assert record.coverage_share == 0.5
    assert record.width == pytest.approx(0.20)
    # Missed by .03: 2 / .1 times that is added to the width.
    assert record.interval_score == pytest.approx((0.20 + 0.20 + 0.60) / 2)


def test_an_empty_record_has_no_figures():
    record = record_of([], level=0.9)
    assert (record.steps, record.coverage_share, record.interval_score) == ((), None, None)


def test_a_band_is_found_by_its_level():
    assert STEPS[0].band(0.9) == Band(0.9, 0.1, 0.5)
