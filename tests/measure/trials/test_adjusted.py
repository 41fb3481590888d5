import numpy as np
import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.trials import adjusted


@pytest.fixture
def trial():
    """An effect of 2 on an outcome that two covariates explain for the greater part."""
    rng = np.random.default_rng(3)
    spend, visits = rng.gamma(2, 10, 800), rng.poisson(3, 800)
    treated = rng.random(800) < 0.3
    y = spend * (1 + 0.3 * treated) + 2 * visits + 2 * treated + rng.normal(0, 5, 800)
    return y, treated, {"spend": spend, "visits": visits}


def test_regression_is_ols_with_all_interactions_and_hc2_errors(trial):
    y, treated, columns = trial
    x = np.column_stack(list(columns.values()))
    x = x - x.mean(axis=0)
    design = np.column_stack((np.ones(800), treated, x, x * treated[:, None]))
    inverse = np.linalg.inv(design.T @ design)
    fit = inverse @ design.T @ y
    free = 1 - np.einsum("ij,jk,ik->i", design, inverse, design)
    meat = (design * ((y - design @ fit) ** 2 / free)[:, None]).T @ design
    square = (inverse @ meat @ inverse)[1, 1] + fit[4:] @ np.cov(x.T) @ fit[4:] / 800
    found = adjusted(y, treated, columns)
    assert found.effect.value == pytest.approx(fit[1])
    assert found.standard_error == pytest.approx(np.sqrt(square))
    assert (found.effect.n, found.effect.method) == (800, "hc2")


def test_cuped_takes_off_the_covariate_times_its_pooled_slope(trial):
    y, treated, columns = trial
    before = columns["spend"]
    slope = np.cov(y, before)[0, 1] / before.var(ddof=1)
    left = y - slope * (before - before.mean())
    found = adjusted(y, treated, {"spend": before}, method="cuped")
    assert found.effect.value == pytest.approx(left[treated].mean() - left[~treated].mean())
    variance = (
        left[treated].var(ddof=1) / treated.sum() + left[~treated].var(ddof=1) / (~treated).sum()
    )
    assert found.standard_error == pytest.approx(np.sqrt(variance))
    assert found.effect.method == "cuped"


@pytest.mark.parametrize("method", ["regression", "cuped"])
def test_the_gain_is_the_part_of_the_variance_that_went(trial, method):
    found = adjusted(*trial, method=method)
    assert found.gain_share == pytest.approx(
        1 - found.standard_error**2 / found.plain.standard_error**2
    )
    assert found.gain_share > 0.8


def test_a_covariate_that_explains_everything_leaves_no_doubt():
    before = np.arange(20.0)
    treated = np.arange(20) % 3 == 0
    found = adjusted(before + 7 * treated, treated, {"before": before})
    assert found.effect.value == pytest.approx(7)
    assert found.gain_share == pytest.approx(1)
    assert found.is_clear


def test_the_same_column_twice_and_a_constant_one_change_nothing(trial):
    y, treated, columns = trial
    once = adjusted(y, treated, columns)
    again = adjusted(y, treated, columns | {"again": columns["spend"], "one": np.ones(800)})
    assert again.effect.value == pytest.approx(once.effect.value)
    assert again.standard_error == pytest.approx(once.standard_error)


@pytest.mark.parametrize("method", ["regression", "cuped"])
def test_covariates_that_never_vary_leave_the_plain_effect(trial, method):
    y, treated, _ = trial
    found = adjusted(y, treated, {"one": np.full(800, 0.1)}, method=method)
    assert found.effect.value == pytest.approx(found.plain.effect.value)
    assert found.gain_share == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("method", ["regression", "cuped"])
def test_the_unit_of_a_covariate_does_not_matter(trial, method):
    y, treated, columns = trial
    in_kronor, in_ore = columns, columns | {"spend": columns["spend"] * 1e9}
    one, other = (adjusted(y, treated, each, method=method) for each in (in_kronor, in_ore))
    assert other.effect.value == pytest.approx(one.effect.value)
    assert other.standard_error == pytest.approx(one.standard_error)


@pytest.mark.parametrize(
    ("segment", "outcome", "of_error", "of_variance"),
    [
        # Measured before with all seven covariates: visits -1.3 % and -2.7 %, spend 0.3 % or none.
        ("Mens E-Mail", "visit", 0.0144, 0.0286),
        ("Womens E-Mail", "visit", 0.0132, 0.0261),
        ("Mens E-Mail", "spend", 0.0011, 0.0023),
        ("Womens E-Mail", "spend", 0.0006, 0.0013),
    ],
)
def test_hillstroms_covariates_sharpen_visits_a_little_and_spend_hardly(
    hillstrom, segment, outcome, of_error, of_variance
):
    chosen, treated = hillstrom.against_control(segment)
    found = adjusted(hillstrom.columns[outcome][chosen], treated, hillstrom.covariates(chosen))
    gain = 1 - found.standard_error / found.plain.standard_error
    assert gain == pytest.approx(of_error, abs=6e-5)
    assert found.gain_share == pytest.approx(of_variance, abs=6e-5)


def test_fewer_customers_in_an_arm_than_its_regression_wants_tell_nothing():
    found = adjusted([1, 2, 3, 4, 5], [1, 1, 1, 0, 0], {"before": [1, 2, 3, 4, 5]})
    assert (found.effect.value, found.effect.why_not) == (None, "too_few_in_arm")
    assert (found.effect.needs, found.standard_error, found.gain_share) == (4, None, None)
    assert found.plain.effect.value == pytest.approx(-2.5)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"is_treated": [1, 0]}, "is_treated has 2 values and outcome has 8; wanted as many"),
        (
            {"is_treated": [2, 0, 0, 0, 1, 1, 1, 1]},
            "is_treated at row 0 is 2; wanted true or false, or 1 or 0",
        ),
        ({"covariates": {}}, "covariates is empty; wanted at least one column"),
        (
            {"covariates": {"spend": [1.0] * 7}},
            "spend has 7 values and outcome has 8; wanted as many",
        ),
        (
            {"covariates": {"spend": [1.0] * 7 + [float("nan")]}},
            "spend at row 7 is nan; wanted a finite number",
        ),
        (
            {"covariates": {"member": [0, 0, 0, 0, 1, 1, 1, 1]}},
            "covariates hold a column, or a sum of columns, that is the same for one whole arm and "
            "not for the other; wanted it left out",
        ),
        ({"method": "magic"}, "method is 'magic'; wanted one of regression, cuped"),
    ],
)
def test_what_cannot_be_adjusted_is_named(how, message):
    given = {
        "outcome": [1, 2, 3, 4, 5, 6, 7, 8],
        "is_treated": [0, 0, 0, 0, 1, 1, 1, 1],
        "covariates": {"spend": [3, 1, 4, 1, 5, 9, 2, 6]},
    }
    with pytest.raises(BadInput) as refused:
        adjusted(**(given | how))
    assert str(refused.value) == message
