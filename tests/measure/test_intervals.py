import math

import numpy as np
import pytest

from regulars.measure.intervals import (
    difference,
    normal_quantile,
    proportion,
    share_bounds,
    wilson_bounds,
)


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


def log_odds(share):
    return math.log(share / (1 - share))


def moments_of(influence):
    around = np.asarray(influence) - np.mean(influence)
    return {
        name: float((around**power).mean())
        for name, power in (("second", 2), ("third", 3), ("fourth", 4))
    }


def test_ten_customers_of_normal_influence_get_students_t_of_nine_degrees_on_the_log_odds():
    low, high = share_bounds(0.6, n=10, second=0.04, fourth=3 * 0.04**2)
    half = 2.262157 * math.sqrt(0.04 / 9) / (0.6 * 0.4)  # t table, two-sided 0.95, 9 degrees
    assert log_odds(high) - log_odds(0.6) == pytest.approx(half, rel=1e-6)
    assert log_odds(0.6) - log_odds(low) == pytest.approx(half, rel=1e-6)


@pytest.mark.parametrize("third", [0.05, -0.05, 1e-12])
def test_the_ends_of_a_skewed_share_solve_halls_cubic(third):
    n, second = 50, 0.09
    low, high = share_bounds(0.7, n=n, second=second, third=third, fourth=3 * second**2)
    skewness, error = third / second**1.5, math.sqrt(second / (n - 1)) / (0.7 * 0.3)
    for end, side in ((low, 1), (high, -1)):
        t = (log_odds(0.7) - log_odds(end)) / error
        # Hall 1992, JRSS B 54, transformation g_1; 2.009575 is Student's t of 49 degrees.
        cubic = t + skewness * t**2 / 3 / math.sqrt(n) + skewness**2 * t**3 / 27 / n
        assert cubic + skewness / 6 / math.sqrt(n) == pytest.approx(side * 2.009575, rel=1e-6)


def test_a_few_big_customers_make_the_interval_wider_and_long_on_their_side():
    even = share_bounds(0.5, n=100, second=0.25, fourth=3 * 0.25**2)
    uneven = share_bounds(0.5, n=100, second=0.25, fourth=40 * 0.25**2)
    skewed = share_bounds(0.5, n=100, second=0.25, third=0.4, fourth=40 * 0.25**2)
    assert uneven[0] < even[0] < even[1] < uneven[1]
    assert skewed[1] - 0.5 > 0.5 - skewed[0]


def test_a_share_that_nothing_moves_is_its_own_interval():
    assert share_bounds(0.2, n=50, second=1e-33, fourth=1e-65) == (0.2, 0.2)
    assert share_bounds(1.0, n=50, second=0.1, fourth=0.1) == (1.0, 1.0)


def test_the_share_of_spend_of_uneven_customers_is_covered_as_often_as_said():
    rng = np.random.default_rng(8)
    kept = {100: 0, 1000: 0}
    for n in kept:
        for _ in range(1000):
            # Three in ten belong to the part, whatever they spend: its share of spend is 0.3.
            spend, belongs = rng.lognormal(3, 1, n), rng.random(n) < 0.3
            share = float(spend[belongs].sum() / spend.sum())
            moments = moments_of(spend * (belongs - share) / spend.mean())
            low, high = share_bounds(share, n=n, second=moments["second"], fourth=moments["fourth"])
            kept[n] += low <= 0.3 <= high
    # 99.9 % binomial limits of 0.95; 1.96 standard errors cover 899 at 100 customers.
    assert all(926 <= hits <= 971 for hits in kept.values()), kept
