"""Intervals of matched sets, held to published ones and to stratified formulas written out."""

from math import exp, log, sqrt

import numpy as np
import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.promises import e_value
from regulars.measure.promises.paired import apart


def pairs(both, ours_only, theirs_only, neither):
    """Outcomes of pairs, from the four counts."""
    counts = (both, ours_only, theirs_only, neither)
    return np.repeat([1.0, 1.0, 0.0, 0.0], counts), np.repeat([1.0, 0.0, 1.0, 0.0], counts)


def of_pairs(*counts):
    ours, theirs = pairs(*counts)
    return apart(ours, theirs, n_partners=np.ones(ours.size), level=0.95)


@pytest.mark.parametrize(
    ("counts", "difference"),
    [
        # Fagerland, Lydersen and Laake 2017, chapter 8: Cavo 2012 and Bentur 2009.
        ((59, 6, 16, 80), (-0.0621, -0.1186, -0.0046)),
        ((1, 1, 7, 12), (-0.2857, -0.5069, -0.0256)),
    ],
)
def test_the_difference_of_pairs_is_the_published_one(counts, difference):
    found = of_pairs(*counts).difference
    assert (found.value, found.low, found.high) == pytest.approx(difference, abs=5e-5)
    assert found.n == sum(counts)


def test_the_ratio_of_pairs_is_the_published_one():
    found = of_pairs(59, 6, 16, 80).ratio
    assert (found.value, found.low, found.high) == pytest.approx((0.8667, 0.7592, 0.9866), abs=5e-5)


def test_pairs_as_strata_give_mantel_and_haenszels_difference_and_ratio():
    """Sums over strata of one and one, with the variances of Greenland and Robins 1985."""
    ours, theirs = pairs(120, 90, 150, 640)
    n, a, c = ours.size, ours.sum(), theirs.sum()
    difference = sum((y * 1 - z * 1) / 2 for y, z in zip(ours, theirs, strict=True)) / (n / 2)
    ratio = (ours / 2).sum() / (theirs / 2).sum()
    # P of the log ratio's variance: (n1 n0 t - a b N) / N^2, t the number of events of a stratum.
    p = sum((y + z) / 4 - y * z / 2 for y, z in zip(ours, theirs, strict=True))
    error = sqrt(p / ((a / 2) * (c / 2)))
    found = apart(ours, theirs, n_partners=np.ones(n), level=0.95)
    assert found.difference.value == pytest.approx(difference)
    assert found.ratio.value == pytest.approx(ratio)
    by_log = [exp(log(ratio) + side * 1.959964 * error) for side in (-1, 1)]
    assert [found.ratio.low, found.ratio.high] == pytest.approx(by_log, rel=0.01)
    spread = sqrt((ours - theirs).var() / n)
    assert found.difference.high - found.difference.low == pytest.approx(3.92 * spread, rel=0.01)


def test_several_partners_count_for_what_their_spread_tells():
    """Four independent partners make the error that of one and a quarter."""
    rng = np.random.default_rng(3)
    ours, theirs = (rng.random(4000) < 0.3) * 1.0, rng.binomial(4, 0.3, 4000) / 4
    found = apart(ours, theirs, n_partners=np.full(4000, 4.0), level=0.95)
    expected = 3.92 * sqrt(0.21 / 4000 * 1.25)
    assert found.difference.high - found.difference.low == pytest.approx(expected, rel=0.02)
    assert found.kept_share.n == 16_000
    # Partners who all do as the first does are worth one.
    same = theirs.round()
    alike = apart(ours, same, n_partners=np.full(4000, 4.0), level=0.95)
    one = apart(ours, same, n_partners=np.ones(4000), level=0.95)
    assert alike.difference.low == pytest.approx(one.difference.low)


def test_where_nobody_did_the_interval_is_not_a_point_and_there_is_no_ratio():
    found = of_pairs(0, 0, 0, 40)
    assert found.difference.value == 0
    assert found.difference.low == pytest.approx(-0.0876, abs=5e-5)  # Wilson's upper end of 0 in 40
    assert found.difference.high == pytest.approx(0.0876, abs=5e-5)
    assert found.ratio.why_not == "nobody_counted"


def test_none_of_ours_is_a_ratio_of_zero_with_an_upper_end():
    found = of_pairs(0, 0, 12, 28).ratio
    assert (found.value, found.low) == (0.0, 0.0)
    assert 0 < found.high < 1


def test_fewer_than_ten_sets_tell_nothing():
    found = of_pairs(1, 2, 3, 3)
    figures = (found.difference, found.ratio, found.broken_share, found.kept_share)
    assert {figure.why_not for figure in figures} == {"too_few_pairs"}
    assert {figure.needs for figure in figures} == {10}
    assert of_pairs(1, 2, 3, 4).difference.value is not None


def test_the_e_value_is_the_published_one():
    """VanderWeele and Ding 2017: 3.9 (1.8 to 8.7), and 0.80 (0.71 to 0.91) from below."""
    found = e_value(3.9, 1.8, 8.7)
    assert (found.estimate, found.limit) == pytest.approx((7.26, 3.0), abs=0.005)
    below = e_value(0.80, 0.71, 0.91)
    assert (below.estimate, below.limit) == pytest.approx((1.81, 1.43), abs=0.005)


def test_an_interval_that_holds_one_needs_no_unseen_cause():
    assert e_value(0.9, 0.7, 1.2).limit == 1.0


def test_a_ratio_below_zero_is_refused():
    with pytest.raises(BadInput, match="low is -1; wanted a number above 0"):
        e_value(0.5, -1, 0.9)
