import math

import pytest

from regulars.measure.baskets import bought, neighbours, new_for_you, strongest
from tests.measure.baskets.shelves import product_lines, random_baskets, rows_of

TEA_AND_POT = [
    *((customer, 1, product, True) for customer in ("ana", "bo") for product in ("tea", "pot")),
    ("cy", 1, "tea", True),
    ("dee", 1, "cup", True),
]


def kept(rows, engine, *, products=100):
    shelf = engine.keep(bought(product_lines(rows, engine), as_of=400), "bought_of_test")
    return shelf, engine.keep(strongest(shelf, at_most=products), "strongest_of_test")


def test_products_are_close_by_the_customers_they_share(engine):
    _, strong = kept(TEA_AND_POT, engine)
    found = rows_of(
        neighbours(strong, least_buyers=1), engine, "product", "neighbour", "n_both", "closeness"
    )
    close = pytest.approx(2 / math.sqrt(3 * 2))
    assert found == [("pot", "tea", 2, close), ("tea", "pot", 2, close)]


def test_a_customer_is_shown_what_goes_with_own_products_and_nothing_bought_before(engine):
    shelf, strong = kept(TEA_AND_POT, engine)
    near = neighbours(strong, least_buyers=1)
    found = rows_of(
        new_for_you(shelf, strong, near, engine=engine),
        engine,
        "customer",
        "rank",
        "product",
        "n_known",
    )
    assert found == [("cy", 1, "pot", 1)]  # Ana and Bo have both; nothing goes with Dee's cup


def test_a_shop_that_nobody_bought_from_has_no_lists(engine):
    rows = [("ana", 1, "tea", False)]
    shelf, strong = kept(rows, engine)
    found = new_for_you(shelf, strong, neighbours(strong), engine=engine)
    assert rows_of(found, engine, "customer", "product") == []


def test_rare_products_and_customers_not_seen_lately_are_left_aside(engine):
    rows = [
        *((customer, 1, p, True) for customer in ("ana", "bo") for p in ("tea", "pot")),
        *((customer, 9, p, True) for customer in ("cy", "dee") for p in ("tea", "cup")),
    ]
    _, strong = kept(rows, engine)
    assert rows_of(neighbours(strong, least_buyers=3), engine, "product") == []
    latest = neighbours(strong, least_buyers=1, customers_at_most=2)
    assert rows_of(latest, engine, "product", "neighbour") == [("cup", "tea"), ("tea", "cup")]


def test_the_list_of_a_random_history_is_that_of_a_slow_count(engine):
    rows = random_baskets(11)
    shelf, strong = kept(rows, engine, products=6)
    found = rows_of(
        new_for_you(
            shelf, strong, neighbours(strong, at_most=4, least_buyers=3), engine=engine, at_most=3
        ),
        engine,
        *("customer", "rank", "product", "score"),
    )
    assert found == sorted(slow_list(rows, products=6, near=4, least=3, listed=3), key=str)


def test_limits_below_one_are_refused_by_name(engine):
    _, strong = kept(TEA_AND_POT, engine)
    with pytest.raises(ValueError, match="least_buyers is 0; wanted at least 1"):
        neighbours(strong, least_buyers=0)


def slow_list(rows, *, products, near, least, listed):
    last, days = {}, {}
    for customer, day, product, _ in rows:
        last[customer] = max(last.get(customer, 0), day)
        days.setdefault(customer, {}).setdefault(product, set()).add(day)
    strength = {
        customer: {
            product: round(sum(0.5 ** ((last[customer] - day) / 120) for day in on), 9)
            for product, on in mine.items()
        }
        for customer, mine in days.items()
    }
    strong = {
        customer: sorted(mine, key=lambda p: (-mine[p], p))[:products]
        for customer, mine in strength.items()
    }
    of = {p: {c for c, mine in strong.items() if p in mine} for p in {row[2] for row in rows}}
    close = {
        (p, q): len(of[p] & of[q]) / math.sqrt(len(of[p]) * len(of[q]))
        for p in of
        for q in of
        if p != q and min(len(of[p]), len(of[q])) >= least and len(of[p] & of[q]) >= 2
    }
    nearest = {
        p: sorted((-round(c, 9), q) for (one, q), c in close.items() if one == p)[:near] for p in of
    }
    for customer, mine in strong.items():
        score = {}
        for p in mine:
            for _, q in nearest[p]:
                if q not in days[customer]:
                    score[q] = score.get(q, 0) + strength[customer][p] * close[p, q]
        score = {q: round(total, 9) for q, total in score.items()}
        for rank, q in enumerate(sorted(score, key=lambda q: (-score[q], q))[:listed], start=1):
            yield customer, rank, q, pytest.approx(score[q], abs=1e-8)
