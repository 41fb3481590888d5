"""NBD against its published estimates, and its predictions by hand."""

import numpy as np
import pytest

from regulars.measure.models import fit


@pytest.mark.parametrize(
    ("shop", "params", "log_likelihood"),
    [
        ("cdnow_sample", [0.3848, 12.0720], -9763.6576),
        ("cdnow_full", [0.3872, 12.2712], -96845.3442),
    ],
)
def test_nbd_finds_the_published_estimates(request, shop, params, log_likelihood):
    model = fit("nbd", **request.getfixturevalue(shop).history)
    assert list(model.params) == ["r", "alpha"]
    assert list(model.params.values()) == pytest.approx(params, abs=6e-5)
    assert model.log_likelihood == pytest.approx(log_likelihood, abs=6e-5)


def test_nbd_expects_far_too_much_in_the_holdout_of_the_cdnow_sample(cdnow_sample):
    expected = fit("nbd", **cdnow_sample.history).expected(39, **cdnow_sample.history)
    error = expected - cdnow_sample.later
    assert expected.sum() == pytest.approx(2929.8, abs=0.06)
    assert np.abs(error).mean() == pytest.approx(1.0410, abs=6e-5)
    assert np.sqrt((error**2).mean()) == pytest.approx(1.8595, abs=6e-5)


def test_nbd_predictions_are_those_of_a_gamma_rate(cdnow_sample):
    model = fit("nbd", **cdnow_sample.history)
    r, alpha = model.params.values()
    one = {"x": 3, "t_x": 10, "T": 20}
    assert model.p_alive(**one) == 1.0
    assert model.expected(5, **one) == pytest.approx((r + 3) / (alpha + 20) * 5)
    nothing = ((alpha + 20) / (alpha + 25)) ** (r + 3)
    assert model.p_buys(5, **one) == pytest.approx(1 - nothing)
    assert model.expected_since_start(7) == pytest.approx(7 * r / alpha)
    n = np.arange(3000)
    assert model.pmf(n, 7).sum() == pytest.approx(1)
    assert model.pmf(n, 7) @ n == pytest.approx(7 * r / alpha)


def test_customers_who_buy_at_one_rate_have_no_spread_to_measure():
    x = np.array([5, 6] * 200)
    model = fit("nbd", x=x, t_x=[90.0] * 400, T=[100.0] * 400)
    assert (model.params, model.why_not) == (None, "all_alike")
