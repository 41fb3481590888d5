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
    with pytest.raises(ValueError, match="n_days at row 1 is 0; wanted at least 1"):
        credibility([1, 0], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="at least one customer"):
        credibility([], [], [])


def test_of_customers_seen_once_nobody_can_tell_what_is_their_own():
    found = credibility([1, 1, 1], [5, 6, 13], [25, 36, 169])
    assert (found.mean, found.k, found.between) == (8.0, float("inf"), 0.0)
    assert found.within == pytest.approx(19.0)  # the sample variance of 5, 6 and 13
    assert found.expected([1, 1], [5, 13]).tolist() == [8.0, 8.0]


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (([1, 2], [5, float("nan")], [1, 1]), "net at row 1 is nan; wanted a finite number"),
        (([1, 2], [5], [1, 1]), "net has 1 values and n_days has 2; wanted as many"),
        (([1, "a"], [5, 1], [1, 1]), "n_days must hold numbers only; at row 1 stands 'a'"),
    ],
)
def test_columns_that_cannot_be_are_refused(columns, problem):
    with pytest.raises(ValueError, match=problem):
        credibility(*columns)
