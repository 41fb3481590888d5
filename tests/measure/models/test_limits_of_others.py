"""What other programs are known not to manage, by the number under which their users report it."""

import tracemalloc

import numpy as np
import pytest

from regulars.measure.models import fit
from regulars.measure.models.residual_value import residual_value
from regulars.measure.spend import credibility
from tests.measure.models.simulated import leaving_after_purchases

NAMES = ("nbd", "bg_nbd", "mbg_nbd", "pareto_nbd")


def by_days(n: int, *, seed: int) -> dict[str, np.ndarray]:
    """Customers of two years, first and last purchase on whole days."""
    made = leaving_after_purchases(
        n, truth={"r": 0.6, "alpha": 30, "a": 0.8, "b": 2.4}, seed=seed, longest=730
    )
    return {name: np.ceil(column) for name, column in made.items()}


def test_the_value_of_200_000_customers_is_one_row_each_and_takes_little_memory():
    """pymc-marketing #1077 took 40 GB and #374 made a row per draw; lifetimes #328 took hours."""
    past = by_days(200_000, seed=1)
    bought = past["x"] > 0
    mean = np.where(bought, np.random.default_rng(1).gamma(3, 12, 200_000) + 0.01, 0)
    model = fit("mbg_nbd", **past)
    spend = fit("gamma_gamma", x=past["x"], mean_spend=mean)
    tracemalloc.start()
    value = residual_value(model, spend, discount_rate=0.0004, **past, mean_spend=mean)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert value.values.shape == value.low.shape == value.high.shape == (200_000,)
    assert value.total_low < value.values.sum() < value.total_high
    assert peak < 200e6


@pytest.mark.parametrize("name", NAMES)
def test_ten_thousand_customers_by_days_are_fitted_without_a_knob(name):
    """CLVTools #112 gives NA, lifetimes #258, #262, #335, #396 and #419 do not converge."""
    model = fit(name, **by_days(10_000, seed=2))
    assert (model.converged, model.identifiable) == (True, True)
    assert all(np.isfinite(list(model.standard_errors.values())))


@pytest.mark.parametrize("name", NAMES)
def test_the_chance_of_no_purchase_at_all_is_had_for_customers_old_and_new(name):
    """pymc-marketing #1093 asks for it: what shops call churn."""
    past = by_days(10_000, seed=2)
    model = fit(name, **past)
    none = 1 - model.p_buys(90, **past)
    assert ((none >= 1 - model.p_alive(**past) - 1e-12) & (none <= 1)).all()
    assert 1 - model.p_buys(90, x=0, t_x=0, T=0) == pytest.approx(model.pmf(0, 90), rel=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("x", "t_x"), [(260, 0.5), (20_000, 299.0)])
def test_one_customer_of_very_many_purchases_overflows_nothing(name, x, t_x):
    """lifetimes #332: hundreds of purchases, and gaps far shorter than the unit of time."""
    past = by_days(2_000, seed=3)
    with_one = {
        column: np.append(past[column], value)
        for column, value in {"x": x, "t_x": t_x, "T": 300.0}.items()
    }
    model = fit(name, **with_one)
    assert model.identifiable
    for h in (1e-6, 90, 1e6):
        assert np.isfinite(model.expected(h, **with_one)).all()
        chances = np.stack([model.p_buys(h, **with_one), model.p_alive(**with_one)])
        assert ((chances >= 0) & (chances <= 1)).all()


@pytest.mark.parametrize("name", NAMES)
def test_weights_need_be_neither_whole_nor_above_zero(name):
    """lifetimes #396 and #419: users group rows; half the customers have errors root two larger."""
    past = by_days(3_000, seed=4)
    plain = fit(name, **past)
    halved = fit(name, **past, weights=np.full(3_000, 0.5))
    assert halved.estimates == pytest.approx(plain.estimates, rel=1e-7)
    assert list(halved.standard_errors.values()) == pytest.approx(
        np.sqrt(2) * np.array(list(plain.standard_errors.values())), rel=1e-6
    )
    some = np.arange(3_000) % 2 == 0
    left_out = fit(name, **past, weights=some.astype(float))
    rest = fit(name, **{column: values[some] for column, values in past.items()})
    assert left_out.estimates == pytest.approx(rest.estimates, rel=1e-7)


def test_spend_that_goes_with_frequency_biases_the_total_little():
    """lifetimes #269 and #337: Gamma-Gamma has no answer; own means drawn to all have one."""
    random = np.random.default_rng(6)
    n = 20_000
    z = random.multivariate_normal([0, 0], [[1, 0.45], [0.45, 1]], n)
    per_day, usual = 3 * np.exp(z[:, 0] - 0.5), np.exp(3 + 0.5 * z[:, 1])
    days = random.poisson(per_day) + 1
    customer = np.repeat(np.arange(n), days)
    spent = 100 * usual[customer] * random.gamma(4, 0.25, customer.size)
    net = np.bincount(customer, spent)
    assert np.corrcoef(days, net / days)[0, 1] == pytest.approx(0.24, abs=0.05)
    known = credibility(days, net, np.bincount(customer, spent**2))
    truth = per_day @ (100 * usual)
    assert per_day @ known.expected(days, net) / truth == pytest.approx(1, abs=0.025)
    assert per_day.sum() * known.mean / truth < 0.96
