import math

import duckdb
import numpy as np
import pytest

from regulars.measure.discounts import customer_discounts, dependence, discount_days, won
from regulars.measure.engine import DuckEngine

AS_OF = 1000


@pytest.fixture
def duck():
    with duckdb.connect() as connection:
        yield DuckEngine(connection)


HAND = [
    # customer, day, net_minor, is_purchase, is_discounted
    ("ana", 0, 100, True, True),  # won by a discount
    ("ana", 0, 50, True, True),
    ("ana", 90, 400, True, False),  # back within 90 days, at the full price
    ("ana", 200, 300, True, True),
    ("bo", 0, 100, True, False),
    ("bo", 0, 20, True, True),  # one line of three on offer: not a day on discount
    ("bo", 0, 30, True, False),
    ("bo", 91, 50, True, True),
    ("bo", 95, -50, False, True),  # brought back: not a purchase
    ("cy", 10, 200, True, None),  # not known
    ("cy", 20, 100, True, True),
    ("dee", 10, 60, True, False),
    ("eli", 950, 60, True, True),  # too young to be judged by a quarter
    ("eli", 1001, 60, True, True),  # after the last day looked at
    (None, 5, 900, True, True),
]


def days_of(rows, engine, *, as_of=AS_OF):
    customers, days, nets, bought, on = zip(*rows, strict=True)
    lines = engine.table(
        {
            "customer": np.array(customers, dtype=object),
            "day": np.array(days, dtype=np.int32),
            "net_minor": np.array(nets, dtype=np.int64),
            "is_purchase": np.array(bought, dtype=bool),
            "is_discounted": np.array(on, dtype=object),
        },
        "discount_lines_of_test",
    )
    return discount_days(lines, as_of=as_of)


def test_what_each_customer_buys_on_discount(engine):
    found = engine.arrays(customer_discounts(days_of(HAND, engine)).sort("customer"))
    rows = list(zip(*(found[name].tolist() for name in found), strict=True))
    assert list(found)[1:] == [
        *("n_days", "n_discount_days", "spend_minor", "discounted_minor", "discounted_share")
    ]
    assert rows == [
        ("ana", 3, 2, 850, 450, 450 / 850),
        ("bo", 2, 1, 200, 70, 70 / 200),
        ("cy", 1, 1, 100, 100, 1.0),
        ("dee", 1, 0, 60, 0, 0.0),
        ("eli", 1, 1, 60, 60, 1.0),
    ]


def test_how_much_of_the_business_is_bought_on_discount(engine):
    found = dependence(customer_discounts(days_of(HAND, engine)), engine=engine)
    assert found.spend_share.value == pytest.approx(680 / 1270)
    assert found.days_share.value == pytest.approx(5 / 8)
    assert found.spend_share.low < 680 / 1270 < found.spend_share.high
    assert (found.only_share.value, found.only_share.n) == (0.0, 2)  # Ana and Bo came twice
    assert found.never_share.value == 0.0


def test_customers_won_by_a_discount_are_set_beside_those_who_paid_the_full_price(engine):
    found = won(days_of(HAND, engine), as_of=AS_OF, within_days=90, engine=engine)
    assert (found.discount.n, found.discount.back.value) == (1, 1.0)  # Ana, on the 90th day
    assert (found.full_price.n, found.full_price.back.value) == (2, 0.0)  # Bo came on the 91st
    assert found.difference.value == 1.0
    assert found.n_unknown == 1  # Cy
    assert found.discount.discounted_later.value == 0.0
    assert found.full_price.discounted_later.why_not == "nobody_counted"
    longer = won(days_of(HAND, engine), as_of=AS_OF, within_days=365, engine=engine)
    assert longer.discount.discounted_later.value == pytest.approx(300 / 700)
    assert longer.full_price.discounted_later.value == 1.0


def test_first_purchases_of_the_first_days_can_be_left_out(engine):
    found = won(days_of(HAND, engine), as_of=AS_OF, within_days=90, first_from=5, engine=engine)
    assert (found.discount.n, found.full_price.n, found.n_unknown) == (0, 1, 1)
    assert found.difference.why_not == "nobody_counted"


def test_where_nothing_is_known_of_discounts_nothing_is_said(engine):
    days = days_of([(*row[:4], None) for row in HAND], engine)
    found = dependence(customer_discounts(days), engine=engine)
    assert {found.spend_share.why_not, found.days_share.why_not, found.only_share.why_not} == {
        "nobody_counted"
    }
    assert won(days, as_of=AS_OF, within_days=90, engine=engine).n_unknown == 4


def test_without_amounts_the_days_still_tell(engine):
    days = days_of([(row[0], row[1], 0, *row[3:]) for row in HAND], engine)
    found = dependence(customer_discounts(days), engine=engine)
    assert found.spend_share.why_not == "no_revenue"
    assert found.days_share.value == pytest.approx(5 / 8)
    shares = engine.arrays(customer_discounts(days))["discounted_share"]
    assert all(math.isnan(share) for share in shares)


def test_a_planted_difference_is_covered(duck):
    rng = np.random.default_rng(8)
    n, on = 4000, rng.random(4000) < 0.4
    back = rng.random(n) < np.where(on, 0.30, 0.45)
    rows = [(i, 0, 100, True, bool(on[i])) for i in range(n)]
    rows += [(i, 30, 100, True, False) for i in np.flatnonzero(back).tolist()]
    found = won(days_of(rows, duck), as_of=400, within_days=90, engine=duck)
    assert found.difference.low < -0.15 < found.difference.high < 0
    assert (found.discount.n, found.full_price.n) == (on.sum(), n - on.sum())


@pytest.mark.parametrize("within", [0, -1])
def test_no_time_to_come_back_in_is_refused(duck, within):
    with pytest.raises(ValueError, match=f"within_days is {within}; wanted at least 1"):
        won(days_of(HAND, duck), as_of=AS_OF, within_days=within, engine=duck)
