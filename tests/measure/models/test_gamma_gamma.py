"""Gamma-Gamma against the published note and two other programs, and against planted truth."""

from dataclasses import replace

import numpy as np
import pytest

from regulars.measure.models import BadInput, NotIdentifiable, fit
from regulars.measure.models.gamma_gamma import GammaGammaLikelihood


def spenders(shop):
    bought = shop.mean_spend > 0
    return {"x": shop.x[bought], "mean_spend": shop.mean_spend[bought]}


def test_gamma_gamma_finds_the_published_estimates_of_the_cdnow_sample(cdnow_sample):
    model = fit("gamma_gamma", **spenders(cdnow_sample))
    assert list(model.params) == ["p", "q", "gamma"]
    assert list(model.params.values()) == pytest.approx([6.2496, 3.7442, 15.4435], abs=6e-5)
    assert model.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)  # CLVTools
    assert (model.n_customers, model.converged) == (946, True)
    assert model.mean == pytest.approx(35.1704, abs=5e-5)


def test_gamma_gamma_finds_what_other_programs_find_for_the_full_cohort(cdnow_full):
    model = fit("gamma_gamma", **spenders(cdnow_full))
    assert list(model.params.values()) == pytest.approx([6.2754, 3.6244, 14.9837], abs=6e-5)
    assert model.log_likelihood == pytest.approx(-40763.4763, abs=5e-5)
    assert (model.n_customers, round(model.mean, 4)) == (9450, 35.8277)


def test_expected_spend_is_that_of_the_published_note(cdnow_sample):
    model = fit("gamma_gamma", **spenders(cdnow_sample))
    printed = replace(model, params={"p": 6.25, "q": 3.74, "gamma": 15.44})
    x = np.array([2, 1, 0, 0, 0, 7, 1, 0, 2, 0])
    mean = np.array([22.35, 11.77, 0, 0, 0, 73.74, 11.77, 0, 25.55, 0])
    assert printed.expected_spend(x=x, mean_spend=mean) == pytest.approx(
        [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17], abs=0.1
    )
    rounded = replace(model, params={"p": 6.2496, "q": 3.7442, "gamma": 15.4435})
    found = rounded.expected_spend(x=[0, 1, 2, 5, 2], mean_spend=[np.nan, 20, 20, 20, 22.35])
    assert found == pytest.approx([35.1708, 24.6289, 22.7311, 21.2247, 24.6581], abs=6e-5)


def test_the_derivatives_are_those_of_the_value():
    likelihood = GammaGammaLikelihood(
        np.array([1.0, 1, 2, 7]), np.array([3.0, 40, 9, 20]), np.array([1.0, 2, 3, 4])
    )
    here = np.array([5.0, 3.0, 12.0])
    _, gradient, hessian = likelihood(here)
    for i, width in enumerate(here * 1e-5):
        step = np.zeros(3)
        step[i] = width
        above, below = likelihood(here + step), likelihood(here - step)
        assert gradient[i] == pytest.approx((above[0] - below[0]) / (2 * width), rel=1e-6)
        assert hessian[i] == pytest.approx((above[1] - below[1]) / (2 * width), rel=1e-6)


def test_planted_parameters_are_recovered_within_their_errors():
    random = np.random.default_rng(6)
    x = random.integers(0, 6, 30_000)
    nu = random.gamma(3.5, 1 / 15.0, len(x))
    mean = random.gamma(6.0 * np.maximum(x, 1)) / nu / np.maximum(x, 1)
    model = fit("gamma_gamma", x=x, mean_spend=mean)
    assert model.n_customers == (x > 0).sum()
    off = (model.estimates - [6.0, 3.5, 15.0]) / list(model.standard_errors.values())
    assert np.abs(off).max() < 3


def test_weights_count_customers(cdnow_sample):
    once = spenders(cdnow_sample)
    twice = fit("gamma_gamma", **{name: np.tile(column, 2) for name, column in once.items()})
    weighted = fit("gamma_gamma", **once, weights=np.full(946, 2))
    assert weighted.estimates == pytest.approx(twice.estimates, rel=1e-8)
    assert weighted.n_customers == twice.n_customers == 1892


def test_a_mean_that_is_infinite_is_said_to_be(cdnow_sample):
    model = fit("gamma_gamma", **spenders(cdnow_sample))
    heavy = replace(model, params={"p": 2.0, "q": 0.9, "gamma": 5.0})
    assert heavy.mean == np.inf
    assert heavy.expected_spend(x=1, mean_spend=10) == pytest.approx(2 * 15 / 1.9)


@pytest.mark.parametrize(
    ("history", "why_not"),
    [
        ({"x": [], "mean_spend": []}, "no_repeat_buyers"),
        ({"x": [0, 0, 0], "mean_spend": [0, 0, 0]}, "no_repeat_buyers"),
        ({"x": [2, 3], "mean_spend": [5, 6]}, "too_few"),
        ({"x": [1, 2, 3, 4, 5], "mean_spend": [5] * 5}, "all_alike"),
    ],
)
def test_a_history_that_cannot_tell_gives_no_number(history, why_not):
    model = fit("gamma_gamma", **history)
    assert (model.params, model.why_not) == (None, why_not)
    with pytest.raises(NotIdentifiable, match="gamma_gamma is not identifiable"):
        model.expected_spend(x=1, mean_spend=5)


def test_free_and_returned_purchases_are_refused_by_row():
    with pytest.raises(BadInput, match=r"mean_spend at row 1 is -3; wanted above 0") as refused:
        fit("gamma_gamma", x=[1, 2, 0], mean_spend=[5, -3, 0])
    assert (refused.value.argument, refused.value.index, refused.value.value) == (
        "mean_spend",
        1,
        -3.0,
    )


def test_columns_that_do_not_fit_and_texts_are_refused_by_name(cdnow_sample):
    model = fit("gamma_gamma", **spenders(cdnow_sample))
    with pytest.raises(BadInput, match=r"x and mean_spend have shapes \(2,\), \(3,\)"):
        model.expected_spend(x=[1, 2], mean_spend=[1, 2, 3])
    with pytest.raises(BadInput, match="mean_spend must hold numbers only; at row 1 stands 'b'"):
        fit("gamma_gamma", x=[1, 2, 3], mean_spend=[5, "b", 7])
