"""Discounted purchases against the closed form and the paper; value and its interval."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import hyperu

from regulars.measure.models import BadInput, fit
from regulars.measure.models.residual_value import discounted_purchases, residual_value
from tests.measure.models.simulated import leaving_after_purchases

WEEKLY = 0.0027  # about 15 % a year


def spend_model(shop):
    bought = shop.mean_spend > 0
    return fit("gamma_gamma", x=shop.x[bought], mean_spend=shop.mean_spend[bought])


def test_discounted_purchases_are_those_of_the_pareto_paper_and_its_paradox(cdnow_sample):
    model = fit("pareto_nbd", **cdnow_sample.history)
    past = {"x": [2, 7, 1, 14, 4], "t_x": [30.43, 35, 20, 35, 14], "T": [77.86] * 5}
    found = discounted_purchases(model, discount_rate=WEEKLY, **past)
    assert found == pytest.approx([1.75703, 0.89187, 0.91710, 0.03262, 0.11004], abs=6e-6)
    # x of 14 and of 7 at the same recency: the increasing frequency paradox
    assert found[3] < found[1]
    r, alpha, s, beta = model.params.values()
    closed = (
        model.p_alive(**past)
        * (r + np.array(past["x"]))
        / (alpha + 77.86)
        * (beta + 77.86)
        * hyperu(1, 2 - s, WEEKLY * (beta + 77.86))
    )
    assert found == pytest.approx(closed, rel=1e-8)


@pytest.mark.parametrize(
    ("name", "k", "params", "by_parts"),
    [
        ("mbg_cnbd_k", 2, [0.85, 10, 0.79, 2.42], [1.42133215, 4.89283198, 61.1708626]),
        ("mbg_cnbd_k", 5, [0.85, 10, 1.0, 0.4], [0.311001802, 2.06929582, 47.2252643]),
        ("bg_cnbd_k", 3, [0.2, 10, 1.7, 2.42], [0.465326478, 1.52337993, 25.7448234]),
    ],
)
def test_regular_purchases_are_discounted_as_by_expecting_at_every_time(name, k, params, by_parts):
    """Held against the rate times the integral of e^-(rate h) over what is expected until h."""
    made = leaving_after_purchases(
        500,
        truth={"r": 0.85, "alpha": 1.45, "a": 0.79, "b": 2.42},
        seed=1,
        longest=52,
        k=2,
        leaves_at_start=name == "mbg_cnbd_k",
    )
    fitted = fit(name, **made, k=2)
    model = replace(fitted, params=dict(zip(fitted.params, params, strict=True)), k=k)
    past = {"x": [0, 2, 30], "t_x": [0, 20, 50], "T": [40, 40, 52]}
    found = discounted_purchases(model, discount_rate=WEEKLY, **past)
    assert found == pytest.approx(by_parts, rel=3e-9)


def test_regular_purchases_of_one_stage_are_discounted_as_irregular_ones(cdnow_sample):
    past = cdnow_sample.history
    one = fit("mbg_cnbd_k", **past, log_gaps=cdnow_sample.log_gaps, k=1)
    other = fit("mbg_nbd", **past)
    assert discounted_purchases(one, discount_rate=WEEKLY, **past) == pytest.approx(
        discounted_purchases(other, discount_rate=WEEKLY, **past), rel=1e-8
    )


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "nbd"])
def test_a_high_discount_rate_leaves_the_purchases_soon_to_come(cdnow_sample, name):
    """Per time, the first instant's purchases; for NBD exactly, as its rate never falls."""
    model = fit(name, **cdnow_sample.history)
    past = {"x": [2, 0], "t_x": [30.0, 0], "T": [38.0, 38.0]}
    soon = discounted_purchases(model, discount_rate=1e4, **past)
    assert soon * 1e4 == pytest.approx(model.expected(1e-6, **past) * 1e6, rel=1e-4)


def test_value_is_purchases_times_spend_with_an_interval_about_it(cdnow_sample):
    model, spend = fit("mbg_nbd", **cdnow_sample.history), spend_model(cdnow_sample)
    past = {"x": [2, 0, 5], "t_x": [30.0, 0, 20.0], "T": [38.0, 38.0, 38.0]}
    mean = [22.35, 0, 40.0]
    value = residual_value(model, spend, discount_rate=WEEKLY, **past, mean_spend=mean)
    purchases = discounted_purchases(model, discount_rate=WEEKLY, **past)
    each = purchases * spend.expected_spend(x=past["x"], mean_spend=mean)
    assert value.values == pytest.approx(each)
    assert value.total == pytest.approx(each.sum())
    assert (value.low < value.values).all()
    assert (value.values < value.high).all()
    assert value.total_low < value.total < value.total_high


@pytest.mark.parametrize("name", ["mbg_nbd", "pareto_nbd"])
def test_the_interval_of_the_total_is_that_of_drawing_parameters(cdnow_sample, name):
    model, spend = fit(name, **cdnow_sample.history), spend_model(cdnow_sample)
    there = (cdnow_sample.x == 0) | (cdnow_sample.mean_spend > 0)
    past = {key: column[there] for key, column in cdnow_sample.history.items()}
    mean = cdnow_sample.mean_spend[there]
    value = residual_value(model, spend, discount_rate=WEEKLY, **past, mean_spend=mean, level=0.8)
    random = np.random.default_rng(0)

    def drawn(fitted):
        centre = fitted.estimates
        spread = fitted.covariance / np.outer(centre, centre)
        moved = centre * np.exp(random.multivariate_normal(np.zeros(len(centre)), spread))
        return replace(fitted, params=dict(zip(fitted.params, moved, strict=True)))

    totals = [
        discounted_purchases(drawn(model), discount_rate=WEEKLY, **past)
        @ drawn(spend).expected_spend(x=past["x"], mean_spend=mean)
        for _ in range(120)
    ]
    assert np.quantile(totals, [0.1, 0.9]) == pytest.approx(
        [value.total_low, value.total_high], rel=0.1
    )


def test_what_cannot_be_discounted_is_refused(cdnow_sample, donors):
    past = {"x": 1, "t_x": 2, "T": 3}
    with pytest.raises(BadInput, match="discount_rate is 0; wanted above 0"):
        discounted_purchases(fit("nbd", **cdnow_sample.history), discount_rate=0, **past)
    with pytest.raises(BadInput, match="model is bg_bb; wanted one in continuous time"):
        discounted_purchases(fit("bg_bb", **donors), discount_rate=0.1, **past)
    with pytest.raises(BadInput, match="level is 95; wanted above 0 and below 1"):
        residual_value(
            fit("nbd", **cdnow_sample.history),
            spend_model(cdnow_sample),
            discount_rate=0.1,
            **past,
            mean_spend=5,
            level=95,
        )


@pytest.mark.filterwarnings("error")
def test_nobody_is_worth_nothing(cdnow_sample):
    value = residual_value(
        fit("mbg_nbd", **cdnow_sample.history),
        spend_model(cdnow_sample),
        discount_rate=WEEKLY,
        **{"x": [], "t_x": [], "T": []},
        mean_spend=[],
    )
    assert (value.total, value.total_low, value.total_high, value.values.size) == (0, 0, 0, 0)


@pytest.mark.parametrize("rate", [-0.1, np.nan, np.inf])
def test_a_discount_rate_that_is_none_is_refused(cdnow_sample, rate):
    with pytest.raises(BadInput, match=f"discount_rate is {rate:g}; wanted above 0"):
        discounted_purchases(
            fit("nbd", **cdnow_sample.history), discount_rate=rate, x=1, t_x=2, T=3
        )
