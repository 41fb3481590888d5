"""BG/BB against the published study of donors, and against counting by hand."""

import numpy as np
import pytest

from regulars.measure.models import BadInput, fit
from regulars.measure.models.bg_bb_likelihood import PeriodLikelihood
from regulars.measure.models.inputs import history


def test_bg_bb_finds_the_published_estimates_of_the_donors(donors):
    model = fit("bg_bb", **donors)
    assert list(model.params) == ["alpha", "beta", "gamma", "delta"]
    found = list(model.params.values())
    assert found == pytest.approx([1.20352, 0.74972, 0.65672, 2.78344], abs=6e-6)
    assert model.log_likelihood == pytest.approx(-33225.5813, abs=5e-5)
    assert (model.n_customers, model.converged) == (11104, True)


def test_bg_bb_predictions_are_those_of_the_paper(donors):
    model = fit("bg_bb", **donors)
    # 1995 only; last in 1999 with two; every year: chance of being there in 2002
    alive = model.p_alive(x=[0, 2, 6], t_x=[0, 4, 6], T=[6, 6, 6])
    assert alive == pytest.approx([0.11, 0.59, 0.93], abs=0.005)
    history_only = {name: donors[name] for name in ("x", "t_x", "T")}
    total = model.expected(5, **history_only) @ donors["weights"]
    assert total == pytest.approx(12884.2, abs=0.06)
    assert 11104 * model.pmf([0, 6], 6) == pytest.approx([3454.9, 1253.1], abs=0.06)


def test_the_chances_of_all_counts_sum_to_one_and_average_to_the_expectation(donors):
    model = fit("bg_bb", **donors)
    n = np.arange(7)
    assert model.pmf(n, 6).sum() == pytest.approx(1)
    assert n @ model.pmf(n, 6) == pytest.approx(model.expected_since_start(6))
    assert model.expected_since_start([0, 6])[0] == 0
    assert model.p_buys(6, x=0, t_x=0, T=0) == pytest.approx(1 - model.pmf(0, 6))
    once = {"x": [0, 3], "t_x": [0, 5], "T": [6, 6]}
    assert model.p_buys(1, **once) == pytest.approx(model.expected(1, **once))


def test_the_likelihoods_of_all_histories_of_three_periods_sum_to_one():
    """Every row of bought or not in three periods, as its x and t_x."""
    params = np.array([1.2, 0.7, 0.6, 2.7])
    rows = [[(year >> period) & 1 for period in range(3)] for year in range(8)]
    x = [sum(row) for row in rows]
    t_x = [max((period + 1 for period in range(3) if row[period]), default=0) for row in rows]
    likelihood = PeriodLikelihood(history(x, t_x, [3] * 8, None))
    assert np.exp(likelihood.log_rows(params)).sum() == pytest.approx(1)


def test_the_derivatives_are_those_of_the_value(donors):
    likelihood = PeriodLikelihood(history(**donors))
    here = np.array([1.1, 0.8, 0.6, 2.5])
    _, gradient, hessian = likelihood(here)
    for i, width in enumerate(here * 1e-5):
        step = np.zeros(4)
        step[i] = width
        above, below = likelihood(here + step), likelihood(here - step)
        assert gradient[i] == pytest.approx((above[0] - below[0]) / (2 * width), rel=1e-6)
        assert hessian[i] == pytest.approx((above[1] - below[1]) / (2 * width), rel=1e-6)


def test_rows_and_cells_end_at_the_same_optimum(donors):
    times = donors["weights"].astype(int)
    rows = {name: np.repeat(donors[name], times) for name in ("x", "t_x", "T")}
    assert fit("bg_bb", **rows).estimates == pytest.approx(
        fit("bg_bb", **donors).estimates, rel=1e-8
    )


def test_more_purchases_than_periods_are_refused_by_row():
    with pytest.raises(BadInput, match=r"x > t_x at row 1: 4\.0 > 3\.0"):
        fit("bg_bb", x=[1, 4], t_x=[2, 3], T=[6, 6])
    with pytest.raises(BadInput, match=r"T at row 0 is 6\.5; wanted a whole number"):
        fit("bg_bb", x=[1], t_x=[2], T=[6.5])
