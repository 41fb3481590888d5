import math

import numpy as np
import pytest

from regulars.measure.intervals import difference, normal_quantile, proportion, wilson_bounds


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_score_interval_is_that_of_newcombe_1998(k, n, low, high):
    found = proportion(k, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert (found.value, found.n, found.method) == (k / n, n, "wilson")


@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 20, 0.6791, 1.0000),
    ],
)
def test_difference_of_two_shares_is_that_of_newcombe_1998(k1, n1, k2, n2, low, high):
    found = difference(k1, n1, k2, n2)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nobody_counted_is_unknown_and_not_zero():
    assert proportion(0, 0).value is None
    assert proportion(0, 0).why_not == "nobody_counted"
    assert difference(1, 2, 0, 0).why_not == "nobody_counted"
    assert all(np.isnan(bound) for bound in wilson_bounds(0, 0))


def test_ends_close_exactly():
    lows, highs = wilson_bounds([0, 5], [5, 5])
    assert lows[0] == 0.0
    assert highs[1] == 1.0


def test_more_successes_than_trials_are_refused_by_row():
    with pytest.raises(ValueError, match="k at row 1: 3 is not between 0 and n = 2"):
        wilson_bounds([1, 3], [2, 2])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_outside_0_and_1_is_refused(level):
    with pytest.raises(ValueError, match="wanted a number between 0 and 1"):
        normal_quantile(level)


def test_normal_quantile():
    assert math.isclose(normal_quantile(0.95), 1.959963984540054, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("k", "n", "problem"),
    [
        ([1, float("nan")], 2, "k at row 1 is nan; wanted a finite number"),
        ([1, 3], [2, 2], "k at row 1: 3 is not between 0 and n = 2"),
        ([1, 1, 3], 2, "k at row 2: 3 is not between 0 and n = 2"),
        ([1, 1], [1, 2, 3], r"k and n have shapes \(2,\), \(3,\); wanted as many of each"),
        ("a", 2, "k must hold numbers only"),
    ],
)
def test_counts_that_cannot_be_are_refused_by_row(k, n, problem):
    with pytest.raises(ValueError, match=problem):
        wilson_bounds(k, n)
