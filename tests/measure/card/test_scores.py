import numpy as np
import pytest

from regulars.measure.card.scores import CLIP, Cases, Predicted, calibration_error, lag, score


def cases(x, bought, weight):
    return Cases(np.array(x), np.array(bought), np.array(weight), np.zeros(len(x), dtype=int))


def test_a_score_is_what_a_hand_makes_of_it():
    """Four customers in three rows: the first row stands for two."""
    came = cases([0, 1, 3], [0, 1, 4], [2, 1, 1])
    said = Predicted(np.array([0.5, 1.0, 2.0]), np.array([0.25, 0.5, 0.8]))
    found = score(said, came, np.array([True, True, True]))
    assert (found.n, found.purchases_expected, found.purchases_actual) == (4, 4.0, 5.0)
    assert (found.buyers_expected, found.buyers_actual) == (pytest.approx(1.8), 2.0)
    assert found.total_ratio == 0.8
    assert found.rmse == pytest.approx(np.sqrt((2 * 0.25 + 0 + 4) / 4))
    assert found.brier == pytest.approx((2 * 0.0625 + 0.25 + 0.04) / 4)
    assert found.log_loss == pytest.approx(-(2 * np.log(0.75) + np.log(0.5) + np.log(0.8)) / 4)
    assert found.calibration_error == pytest.approx((2 * 0.25 + 0.5 + 0.2) / 4)


def test_a_score_of_some_leaves_the_others_out_and_of_nobody_is_none():
    came = cases([0, 1], [0, 1], [5, 3])
    said = Predicted(np.array([0.1, 0.9]), np.array([0.1, 0.9]))
    assert score(said, came, came.x > 0).n == 3
    assert score(said, came, came.x > 7) is None


def test_odds_of_zero_that_come_true_cost_what_the_clip_says():
    came = cases([0], [1], [1])
    found = score(Predicted(np.zeros(1), np.zeros(1)), came, came.x == 0)
    assert found.log_loss == pytest.approx(-np.log(CLIP))
    assert found.total_ratio == 0


def test_nothing_that_came_has_no_ratio():
    came = cases([0], [0], [1])
    assert score(Predicted(np.ones(1), np.zeros(1)), came, came.x == 0).total_ratio is None


def test_odds_that_mean_what_they_say_have_no_calibration_error():
    """Tenths of 20 customers each, of whom as many buy as was said."""
    odds = np.repeat(np.arange(10) / 10, 2)
    came = np.tile([0.0, 1.0], 10)
    weight = np.column_stack([20 - 2 * np.arange(10), 2 * np.arange(10)]).ravel()
    assert calibration_error(odds, came, weight) == pytest.approx(0)
    assert calibration_error(odds + 0.05, came, weight) == pytest.approx(0.05)


def test_equal_odds_are_one_group_however_the_rows_lie():
    odds, came = np.full(8, 0.5), np.array([0.0, 0, 0, 0, 1, 1, 1, 1])
    assert calibration_error(odds, came, np.ones(8)) == pytest.approx(0)


def test_a_lag_is_a_paired_mean_with_its_standard_error():
    mean, error = lag(np.array([3.0, 1.0]), np.array([1.0, 1.0]), np.array([1, 3]))
    assert mean == pytest.approx(0.5)
    assert error == pytest.approx(np.sqrt((1.5**2 + 3 * 0.25) / 16))
