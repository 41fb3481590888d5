import numpy as np
import pytest

from regulars.measure.spend import credibility


def shop(seed, customers=4000, between=30.0, within=50.0):
    rng = np.random.default_rng(seed)
    days = rng.integers(1, 8, customers)
    own = rng.normal(100, between, customers)
    spent = [rng.normal(mean, within, n) for mean, n in zip(own, days, strict=True)]
    net = np.array([each.sum() for each in spent])
    return days, net, np.array([(each**2).sum() for each in spent]), own


def test_planted_variances_are_recovered():
    days, net, squares, _ = shop(3)
    found = credibility(days, net, squares)
    assert found.mean == pytest.approx(100, abs=2)
    assert found.within == pytest.approx(50**2, rel=0.05)
    assert found.between == pytest.approx(30**2, rel=0.1)


def test_drawn_to_the_mean_is_nearer_the_truth_than_the_own_mean_or_the_overall_one():
    days, net, squares, own = shop(4)
    found = credibility(days, net, squares)
    missed = np.mean((found.expected(days, net) - own) ** 2)
    assert missed < np.mean((net / days - own) ** 2)
    assert missed < np.mean((found.mean - own) ** 2)


def test_refunds_may_take_a_customer_below_zero():
    found = credibility([2, 2, 2], [200, -50, 100], [20_000, 10_000, 5_000])
    assert found.mean == pytest.approx(250 / 6)
    assert np.isfinite(found.expected([2], [-50])).all()


def test_customers_who_do_not_differ_all_get_the_overall_mean():
    found = credibility([3, 3], [300, 300], [31_000, 32_000])
    assert np.isinf(found.k)
    assert found.expected([3, 3], [300, 300]).tolist() == [100, 100]


def test_bad_input_names_the_row():
    with pytest.raises(ValueError, match="n_days at row 1: 0; wanted at least 1"):
        credibility([1, 0], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="at least one customer"):
        credibility([], [], [])
