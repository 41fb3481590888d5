import numpy as np
import pytest

from regulars.measure.forecast.purchases import Purchases, count, log_odds
from regulars.measure.models import BadInput
from regulars.measure.regulars import Definition

# Ana buys on days 0, 10, 20 and 200, Bo on day 30, Cy on days 100 and 101.
CUSTOMER = [1, 1, 1, 1, 4, 7, 7]
DAY = [0, 10, 20, 200, 30, 100, 101]


def random_purchases(seed, *, n_customers=40, n_days=700):
    rng = np.random.default_rng(seed)
    bought = rng.random((n_customers, n_days)) < rng.gamma(0.8, 0.02, size=(n_customers, 1))
    return Purchases.checked(*np.nonzero(bought))


@pytest.mark.parametrize("text", ["3/180d/365d", "1/30d/30d", "2/60d/200d"])
def test_counts_agree_with_a_slow_count(text):
    definition, purchases = Definition.parse(text), random_purchases(1)
    for on in (0, 1, 30, 179, 180, 365, 500, 699, 800):
        days_of = {}
        for customer, day in zip(purchases.customer, purchases.day, strict=True):
            days_of.setdefault(customer, []).append(day)
        n_base = sum(
            any(on - definition.base_days < d <= on for d in ds) for ds in days_of.values()
        )
        n_regulars = sum(
            sum(on - definition.window_days < d <= on for d in ds) >= definition.days
            for ds in days_of.values()
        )
        counted = count(purchases, definition=definition, on=on)
        assert (counted.n_regulars, counted.n_base) == (n_regulars, n_base)


def test_nobody_in_the_base_is_a_share_of_zero():
    counted = count(Purchases.checked(CUSTOMER, DAY), definition=Definition(), on=900)
    assert (counted.n_base, counted.share) == (0, 0.0)


def test_what_was_known_on_a_day_leaves_out_later_purchases_and_later_customers():
    known = Purchases.checked(CUSTOMER, DAY).until(100)
    assert known.customer.tolist() == [0, 0, 0, 1, 2]
    assert known.day.tolist() == [0, 10, 20, 30, 100]
    state = known.state(100)
    assert state.x.tolist() == [2, 0, 0]
    assert state.t_x.tolist() == [20, 0, 0]
    assert state.T.tolist() == [100, 70, 0]


def test_a_sample_keeps_whole_customers():
    purchases = random_purchases(2)
    sample = purchases.thinned(7)
    assert sample.n_customers == 7
    chosen = np.linspace(0, purchases.n_customers - 1, 7).astype(int)
    kept = [purchases.day[purchases.customer == customer].tolist() for customer in chosen]
    assert [sample.day[sample.customer == i].tolist() for i in range(7)] == kept
    assert purchases.thinned(purchases.n_customers) is purchases


def test_log_odds_are_finite_for_none_and_for_all():
    assert log_odds([0, 2, 4], 4).tolist() == pytest.approx([-np.log(9), 0, np.log(9)])


@pytest.mark.parametrize(
    ("customer", "day", "argument", "index", "value", "problem"),
    [
        ([0, 2, 1], [1, 1, 1], "customer", 2, 1, "customer at row 2 is 1 after 2"),
        ([0, 0, 1], [5, 4, 1], "day", 1, 4, "day at row 1 is 4 after 5"),
        ([0, 0, 1], [5, 5, 1], "day", 1, 5, "day at row 1 is 5 after 5"),
        ([0, 0], [1, 2, 3], "day", None, None, "day has 3 values and customer has 2"),
        ([0, 0.5], [1, 2], "customer", 1, 0.5, "customer at row 1 is 0.5; wanted a whole number"),
        ([[0]], [1], "customer", None, None, "customer has 2 dimensions; wanted one"),
    ],
)
def test_bad_columns_are_named_with_the_first_bad_row(
    customer, day, argument, index, value, problem
):
    with pytest.raises(BadInput) as refused:
        Purchases.checked(customer, day)
    assert (refused.value.argument, refused.value.index) == (argument, index)
    assert refused.value.value == value
    assert problem in str(refused.value)
