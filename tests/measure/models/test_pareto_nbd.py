"""Pareto/NBD against the papers, against another integration, and against planted truth."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from regulars.measure.models import fit
from regulars.measure.models.inputs import history
from regulars.measure.models.pareto_likelihood import ParetoLikelihood, log_left, log_stays
from regulars.measure.models.tail_integral import log_tail


def leaving_any_time(n: int, *, truth: dict[str, float], seed: int, longest: float):
    """Histories of customers who buy and leave as Pareto/NBD says."""
    random = np.random.default_rng(seed)
    rate = random.gamma(truth["r"], 1 / truth["alpha"], n)
    T = random.uniform(0, longest, n)
    until = np.minimum(random.exponential(1 / random.gamma(truth["s"], 1 / truth["beta"], n)), T)
    x = random.poisson(rate * until).astype(float)
    t_x = np.where(x > 0, until * random.random(n) ** (1 / np.maximum(x, 1)), 0)
    return {"x": x, "t_x": t_x, "T": T}


def test_pareto_nbd_finds_the_published_estimates_of_the_cdnow_sample(cdnow_sample):
    model = fit("pareto_nbd", **cdnow_sample.history)
    values, errors = list(model.params.values()), list(model.standard_errors.values())
    assert list(model.params) == ["r", "alpha", "s", "beta"]
    assert values == pytest.approx([0.55328, 10.57768, 0.60624, 11.66874], abs=6e-6)
    # Fader, Hardie and Lee 2005, and the errors that CLVTools tests
    assert values == pytest.approx([0.553, 10.578, 0.606, 11.669], abs=6e-4)
    assert errors == pytest.approx([0.0476, 0.8427, 0.1873, 6.2105], rel=7e-4)
    assert model.log_likelihood == pytest.approx(-9594.9762, abs=5e-5)


def test_pareto_nbd_expects_what_published_walkthroughs_expect(cdnow_sample):
    model = fit("pareto_nbd", **cdnow_sample.history)
    often = {"x": 26, "t_x": 30.86, "T": 31}
    assert model.expected(52, **often) == pytest.approx(25.456, abs=5e-4)
    assert model.p_alive(**often) == pytest.approx(0.99792, abs=5e-6)
    assert model.expected_since_start(range(10)) == pytest.approx(
        [
            0,
            0.05100637,
            0.09962625,
            0.14613444,
            0.19075782,
            0.23368617,
            0.27508010,
            0.31507687,
            0.35379489,
            0.39133707,
        ],
        abs=1.5e-8,
    )


def test_pareto_nbd_stays_finite_where_hypergeometric_forms_overflow(cdnow_sample):
    model = replace(
        fit("pareto_nbd", **cdnow_sample.history),
        params={"r": 0.5143, "alpha": 2.8845, "s": 0.2856, "beta": 14.1087},
    )
    heavy = {
        "x": (221, 254, 161, 204),
        "t_x": (103.42857, 97.14286, 94.71429, 98.57143),
        "T": (103.57143, 97.28571, 98, 99.42857),
    }
    assert model.p_alive(**heavy) == pytest.approx(
        [0.999596, 0.999558, 0.749488, 0.994255], abs=6e-7
    )
    buys = model.p_buys(1.0, **heavy)
    assert ((buys > 0.2) & (buys < 1)).all()


@pytest.mark.parametrize(
    ("A", "B", "alpha", "beta"),
    [
        (0.6, 1.6, 10.0, 12.0),
        (300.5, 1.6, 113.0, 124.0),
        (0.12, 1.05, 0.01, 300.0),
        (1.55, 49.0, 10.0, 1e4),
        (2.0, 0.3, 1e4, 1.0),
        (5000.0, 0.5, 500.0, 20.0),
    ],
)
def test_the_tail_integral_is_that_of_adaptive_quadrature(A, B, alpha, beta):
    scale = 1 / (A / alpha + B / beta)

    def integrand(y: float) -> float:
        u = scale * np.exp(y)
        return u * np.exp(-A * np.log1p(u / alpha) - B * np.log1p(u / beta))

    edges = [-40, -10, -4, -1, 1, 3, 6, 12, 30, 60, 120, 250]
    pieces = [
        quad(integrand, low, high, epsabs=0, epsrel=1e-12)[0]
        for low, high in pairwise(edges)
        if integrand(low) > 1e-60
    ]
    found = log_tail(np.array([A]), B, np.array([alpha]), np.array([beta]))
    direct = np.log(sum(pieces)) - A * np.log(alpha) - B * np.log(beta)
    assert found[0] == pytest.approx(direct, abs=1e-9)


def test_p_alive_is_that_of_the_published_form_by_direct_integration(cdnow_sample):
    model = fit("pareto_nbd", **cdnow_sample.history)
    r, alpha, s, beta = model.params.values()
    for x, t_x, T in ((0, 0, 38.86), (2, 30.43, 38.86), (26, 30.86, 31)):

        def dead(u: float, x: int = x) -> float:
            return (alpha + u) ** -(r + x) * s * (beta + u) ** -(s + 1)

        alive = (alpha + T) ** -(r + x) * (beta + T) ** -s
        seen = alive + quad(dead, t_x, T, epsabs=0, epsrel=1e-12)[0]
        assert model.p_alive(x=x, t_x=t_x, T=T) == pytest.approx(alive / seen, rel=1e-10)
        terms = [
            term(model.estimates, np.array([x]), np.array([time]))[0]
            for term, time in ((log_left, t_x), (log_stays, T))
        ]
        assert np.logaddexp(*terms) == pytest.approx(np.log(seen), abs=1e-11)


def test_the_derivatives_are_those_of_the_value():
    rows = history([0, 0, 1, 3, 40], [0, 0, 5, 30, 60], [0, 9, 50, 30, 61], [1, 2, 3, 4, 5])
    likelihood = ParetoLikelihood(rows)
    here = np.array([0.7, 12.0, 0.9, 25.0])
    _, gradient, hessian = likelihood(here)
    for i, width in enumerate(here * 1e-5):
        step = np.zeros(4)
        step[i] = width
        above, below = likelihood(here + step), likelihood(here - step)
        assert gradient[i] == pytest.approx((above[0] - below[0]) / (2 * width), rel=1e-6)
        assert hessian[i] == pytest.approx((above[1] - below[1]) / (2 * width), rel=1e-6)


@pytest.mark.parametrize(
    ("shop", "total", "mae", "rmse", "correlation"),
    [
        ("cdnow_sample", 1665.5, 0.7545, 1.6028, 0.6302),
        ("cdnow_full", 17153.2, 0.7938, 1.7262, 0.6708),
    ],
)
def test_the_holdout_is_foretold_as_well_as_published(request, shop, total, mae, rmse, correlation):
    past = request.getfixturevalue(shop)
    expected = fit("pareto_nbd", **past.history).expected(39, **past.history)
    error = expected - past.later
    assert expected.sum() == pytest.approx(total, abs=0.06)
    assert np.abs(error).mean() == pytest.approx(mae, abs=6e-5)
    assert np.sqrt((error**2).mean()) == pytest.approx(rmse, abs=6e-5)
    assert np.corrcoef(expected, past.later)[0, 1] == pytest.approx(correlation, abs=6e-5)


def test_pareto_and_bg_nbd_agree_on_the_holdout_as_the_paper_says(cdnow_sample):
    pareto, bg = (
        fit(name, **cdnow_sample.history).expected(39, **cdnow_sample.history)
        for name in ("pareto_nbd", "bg_nbd")
    )
    assert np.corrcoef(pareto, bg)[0, 1] == pytest.approx(0.9955, abs=6e-5)


def test_expected_purchases_by_past_purchases(cdnow_sample):
    expected = fit("pareto_nbd", **cdnow_sample.history).expected(39, **cdnow_sample.history)
    group = np.minimum(cdnow_sample.x, 7).astype(int)
    assert np.bincount(group, expected) / np.bincount(group) == pytest.approx(
        [0.138, 0.599, 1.196, 1.714, 2.398, 2.907, 3.819, 6.403], abs=6e-4
    )


def test_the_cumulative_course_of_repeat_purchases(cdnow_sample):
    model = fit("pareto_nbd", **cdnow_sample.history)
    first_day = 272 - np.rint(7 * cdnow_sample.T)
    found = [
        model.expected_since_start(np.maximum(week - first_day / 7 - 1 / 7, 0)).sum()
        for week in (13, 26, 39, 52, 65, 78)
    ]
    assert found == pytest.approx([698.8, 1733.1, 2524.9, 3184.4, 3757.9, 4270.0], abs=0.06)


def test_the_chances_of_all_counts_sum_to_one_and_average_to_the_expectation(cdnow_sample):
    model = fit("pareto_nbd", **cdnow_sample.history)
    n = np.arange(2000)
    for t in (0.5, 30.0, 400.0):
        chances = model.pmf(n, t)
        assert chances.sum() == pytest.approx(1.0, abs=1e-10)
        assert n @ chances == pytest.approx(model.expected_since_start(t), rel=1e-9)
        assert model.p_buys(t, x=0, t_x=0, T=0) == pytest.approx(1 - chances[0], rel=1e-9)
    assert model.pmf([0, 1], 0.0) == pytest.approx([1, 0], abs=1e-15)


def test_expectations_run_smoothly_through_s_of_one(cdnow_sample):
    model = fit("pareto_nbd", **cdnow_sample.history)

    def expected(s: float) -> float:
        moved = replace(model, params={**model.params, "s": s})
        return float(moved.expected(39, x=3, t_x=20, T=38))

    assert expected(1.0) == pytest.approx((expected(0.999) + expected(1.001)) / 2, rel=1e-6)


def test_planted_parameters_are_recovered_within_their_errors():
    truth = {"r": 0.8, "alpha": 20.0, "s": 0.7, "beta": 60.0}
    model = fit("pareto_nbd", **leaving_any_time(40_000, truth=truth, seed=2, longest=300))
    off = (model.estimates - list(truth.values())) / list(model.standard_errors.values())
    assert np.abs(off).max() < 3
    assert np.abs(model.estimates / list(truth.values()) - 1).max() < 0.1


def test_rows_and_cells_end_at_the_same_optimum(cdnow_full_in_days):
    past = cdnow_full_in_days.history
    rows = fit("pareto_nbd", **past)
    table, counts = np.unique(np.stack(list(past.values())), axis=1, return_counts=True)
    cells = fit("pareto_nbd", **dict(zip(past, table, strict=True)), weights=counts)
    assert cells.estimates == pytest.approx(rows.estimates, rel=1e-8)
    assert cells.n_customers == rows.n_customers == 23570


def test_customers_who_never_leave_are_told_from_those_who_do():
    truth = {"r": 1.0, "alpha": 20.0, "s": 1.0, "beta": 1e9}
    model = fit("pareto_nbd", **leaving_any_time(3000, truth=truth, seed=4, longest=200))
    assert (model.params, model.why_not) == (None, "no_dropout_seen")


def test_the_same_history_says_why_it_cannot_tell():
    assert fit("pareto_nbd", x=[0] * 9, t_x=[0] * 9, T=range(9)).why_not == "no_repeat_buyers"
    assert fit("pareto_nbd", x=[1] * 9, t_x=[2] * 9, T=[3] * 9).why_not == "all_alike"
    assert fit("pareto_nbd", x=[1], t_x=[2], T=[3]).why_not == "too_few"
