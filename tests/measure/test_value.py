import numpy as np
import pytest

from regulars.measure.backtest import Money, Origin
from regulars.measure.models import BadInput
from regulars.measure.spend import Credibility
from regulars.measure.value import looked_back_net, net_per_purchase, net_value, net_variance

SPEND = Credibility(mean=500.0, within=40_000.0, between=10_000.0, k=4.0, n_customers=3)
ALIKE = Credibility(mean=500.0, within=40_000.0, between=0.0, k=float("inf"), n_customers=3)


def customers(engine, net=(1800, -900, 500)):
    return engine.table(
        {
            "n_days": np.array([4, 2, 1], dtype=np.int64),
            "net_minor": np.array(net, dtype=np.int64),
            "expected": np.array([2.0, 0.5, 0.1]),
            "variance": np.array([3.0, 0.6, 0.1]),
        },
        "customers_of_test",
    )


def test_net_per_purchase_is_the_own_mean_drawn_to_that_of_all(engine):
    """(4 x 500 + net) / (4 + days): a customer who sent back more than was kept is below it."""
    told = engine.arrays(customers(engine).select(each=net_per_purchase(SPEND)))["each"]
    assert sorted(told) == pytest.approx([1100 / 6, 475, 500])
    expected = SPEND.expected([4, 2, 1], [1800, -900, 500])
    assert sorted(told) == pytest.approx(sorted(expected))
    alike = engine.arrays(customers(engine).with_columns(each=net_per_purchase(ALIKE)))["each"]
    assert alike.tolist() == [500, 500, 500]


def test_variance_of_net_spend_is_that_of_drawing_purchases_and_amounts(engine):
    """A customer of 4 purchase days; as many to come as a negative binomial of that variance."""
    rng = np.random.default_rng(3)
    n = 400_000
    count = rng.poisson(rng.gamma(4.0, 0.5, n))
    own = rng.normal(475, np.sqrt(10_000 * 4 / 8), n)
    drawn = own * count + rng.normal(0, 1, n) * np.sqrt(40_000 * count)
    asked = net_variance(SPEND, purchases="expected", variance="variance")
    told = engine.arrays(customers(engine).select("n_days", told=asked))
    assert told["told"][told["n_days"] == 4] == pytest.approx([drawn.var()], rel=0.02)


def test_net_value_adds_up_and_its_range_grows_with_past_errors(engine):
    frame = customers(engine)
    sure = net_value(frame, SPEND, error=(0.05, 8), engine=engine)
    total = 2 * 475 + 0.5 * 1100 / 6 + 0.1 * 500
    assert sure.value == pytest.approx(total)
    assert sure.n == 3
    assert 0 < sure.low < total < sure.high
    doubtful = net_value(frame, SPEND, error=(0.5, 8), engine=engine)
    assert doubtful.high > sure.high


def test_a_shop_that_pays_back_more_than_it_takes_has_a_value_below_zero(engine):
    frame = customers(engine, net=(-9000, -9000, -9000))
    found = net_value(frame, SPEND, error=(0.1, 8), engine=engine)
    assert found.low < found.value < found.high < 0


def test_nobody_expected_to_buy_has_no_value(engine):
    import narwhals as nw

    nobody = customers(engine).filter(nw.col("n_days") > 99)
    found = net_value(nobody, SPEND, error=(0.1, 8), engine=engine)
    assert (found.value, found.why_not) == (None, "no_purchases_expected")


def at_origin(money):
    x = np.array([3, 0])
    return Origin(700, 90, x, 10 * x, 20 * x + 5, x, np.array([2, 10]), money)


def test_looking_back_holds_expected_net_spend_against_what_came():
    """Two customers of 4 days and 1,800 each, ten of one day and 300 each."""
    money = Money(np.array([3600.0, 3000.0]), np.array([900.0, -250.0]), SPEND)
    found = looked_back_net(np.array([1.5, 0.2]), at_origin(money))
    assert found.on == 700
    assert found.expected_minor == pytest.approx(2 * 1.5 * 3800 / 8 + 10 * 0.2 * 2300 / 5)
    assert found.actual_minor == 650


def test_an_origin_without_money_is_refused():
    with pytest.raises(BadInput, match="origin has no money; ask origin_cells for it"):
        looked_back_net(np.array([1.0, 1.0]), at_origin(None))
