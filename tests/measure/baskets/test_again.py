import math

import pytest

from regulars.measure.baskets import again, bought
from tests.measure.baskets.shelves import product_lines, random_baskets, rows_of

HAND = [
    ("ana", 0, "tea", True),
    ("ana", 30, "tea", True),
    ("ana", 30, "tea", True),  # twice on one day is one day
    ("ana", 30, "jam", True),
    ("ana", 60, "tea", True),
    ("ana", 180, "cup", True),
    ("ana", 190, "cup", False),  # brought back: no purchase
    ("ana", 400, "pot", True),  # after the last day looked at
    ("bo", 10, "jam", True),
    ("bo", 20, "jam", True),
    ("bo", 20, None, True),
    (None, 20, "pot", True),
]


def test_a_purchase_counts_half_when_a_half_life_older_than_the_customers_last_day(engine):
    found = rows_of(
        bought(product_lines(HAND, engine), as_of=200, half_life_days=30),
        engine,
        *("customer", "product", "n_days", "first_day", "last_day", "strength"),
    )
    assert found == [
        ("ana", "cup", 1, 180, 180, 1.0),
        ("ana", "jam", 1, 30, 30, 2.0**-5),
        ("ana", "tea", 3, 0, 60, 2.0**-6 + 2.0**-5 + 2.0**-4),
        ("bo", "jam", 2, 10, 20, pytest.approx(1 + 2 ** (-1 / 3), abs=1e-9)),
    ]


def test_a_product_is_due_after_the_customers_own_gaps_drawn_to_everybodys(engine):
    shelf = engine.keep(bought(product_lines(HAND, engine), as_of=200), "bought_of_test")
    found = rows_of(again(shelf), engine, "customer", "product", "due_day", "rank")
    # jam: one gap of 10 days among all; Bo's own and two shared ones are 10 days too.
    # tea: Ana's two gaps of 30 days are all there are. Nobody has bought a cup on two days.
    due = {(customer, product): day for customer, product, day, _ in found}
    assert due["ana", "tea"] == 60 + 30
    assert due["ana", "jam"] == 30 + 10
    assert due["bo", "jam"] == 20 + 10
    assert math.isnan(due["ana", "cup"])
    assert [(c, p) for c, p, _, rank in found if rank == 1] == [("ana", "tea"), ("bo", "jam")]


def test_own_gaps_and_shared_gaps_are_weighed(engine):
    rows = [("ana", 0, "tea", True), ("ana", 40, "tea", True)]
    rows += [("bo", day, "tea", True) for day in (0, 10, 20, 30)]
    shelf = bought(product_lines(rows, engine), as_of=100)
    # All gaps: (40 + 30) / 4 = 17.5. Ana: (40 + 2 x 17.5) / 3 = 25; Bo: (30 + 35) / 5 = 13.
    assert rows_of(again(shelf), engine, "customer", "due_day") == [("ana", 65), ("bo", 43)]


def test_of_equally_strong_products_the_one_with_more_buyers_comes_first(engine):
    rows = [("ana", 5, "cup", True), ("ana", 5, "tea", True), ("bo", 9, "tea", True)]
    shelf = bought(product_lines(rows, engine), as_of=10)
    assert rows_of(again(shelf, at_most=1), engine, "customer", "product") == [
        ("ana", "tea"),
        ("bo", "tea"),
    ]


def test_the_list_of_a_random_history_is_that_of_a_slow_count(engine):
    rows, half_life = random_baskets(7), 50.0
    days, last = {}, {}
    for customer, day, product, _ in rows:
        days.setdefault((customer, product), set()).add(day)
        last[customer] = max(last.get(customer, 0), day)
    buyers = {p: sum(pair[1] == p for pair in days) for _, p in days}
    slow = []
    for customer, newest in last.items():
        strength = {
            product: round(sum(0.5 ** ((newest - day) / half_life) for day in mine), 9)
            for (who, product), mine in days.items()
            if who == customer
        }
        order = sorted(strength, key=lambda p: (-strength[p], -buyers[p], p))
        slow += [(customer, rank, product) for rank, product in enumerate(order[:4], start=1)]
    shelf = bought(product_lines(rows, engine), as_of=300, half_life_days=half_life)
    found = rows_of(again(shelf, at_most=4), engine, "customer", "rank", "product")
    assert found == sorted(slow, key=str)


def test_a_half_life_that_is_none_is_refused(engine):
    lines = product_lines(HAND, engine)
    with pytest.raises(ValueError, match="half_life_days is 0; wanted a number above 0"):
        bought(lines, as_of=200, half_life_days=0)
    with pytest.raises(ValueError, match="at_most is 0; wanted at least 1"):
        again(bought(lines, as_of=200), at_most=0)
