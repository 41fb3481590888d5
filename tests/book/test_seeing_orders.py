from datetime import timedelta
from decimal import Decimal

import pytest

from regulars.book.models import Return
from regulars.book.queries.orders import (
    net_by_customer,
    order_seen,
    orders_numbered,
    orders_of,
    returns_of,
)
from regulars.book.services.orders import cancel_order
from regulars.book.services.returns import take_back
from regulars.book.told import LineBackTold, ReturnTold
from tests.book.shop import AT, LATER, bought, customer, gave_back, line

pytestmark = pytest.mark.django_db


def without_receipt(who, refund, key="C1"):
    told = ReturnTold(
        source="shop",
        source_key=key,
        returned_at=LATER,
        currency="SEK",
        customer=who,
        lines=[LineBackTold(refund_minor=refund)],
    )
    return take_back(told, by=None).record


def test_a_customer_s_orders_come_newest_first_with_what_came_back():
    ana, bo = customer(), customer("Bo")
    first = bought([line(quantity="3"), line("oolong", "1", 120)], "1", customer=ana)
    bought([line()], "2", customer=ana, placed_at=AT + timedelta(days=1))
    bought([line()], "3", customer=bo)
    gave_back(first, (1, "1", 4500), key="r1")
    gave_back(first, (1, "1.5", 6000), (2, "1", 120), key="r2")
    newest, oldest = orders_of(ana)
    assert [newest.order.source_key, oldest.order.source_key] == ["2", "1"]
    assert [(each.returned_quantity, each.refunded_minor) for each in oldest.lines] == [
        (Decimal("2.5"), 10_500),
        (1, 120),
    ]
    assert (oldest.order.net_minor, oldest.refunded_minor, oldest.kept_minor) == (
        13_620,
        10_620,
        3_000,
    )
    assert (newest.refunded_minor, newest.kept_minor) == (0, 9_000)


def test_a_cancelled_order_keeps_its_amounts_and_adds_nothing():
    order = bought()
    cancel_order(order, at=LATER, by=None)
    order.refresh_from_db()
    assert (order_seen(order).kept_minor, order_seen(order).order.net_minor) == (0, 9_000)


@pytest.mark.parametrize("n", [1, 8])
def test_the_number_of_statements_does_not_grow(django_assert_num_queries, n):
    ana = customer()
    for key in range(n):
        order = bought([line(f"tea{i}") for i in range(n)], str(key), customer=ana)
        gave_back(order, (1, "1", 1), key=f"r{key}")
    with django_assert_num_queries(3):
        seen = orders_of(ana)
        assert [str(each.line.product) for each in seen[0].lines] == [f"Tea{i}" for i in range(n)]
    with django_assert_num_queries(2):
        assert [len(back.lines.all()) for back in returns_of(ana)] == [1] * n
    with django_assert_num_queries(3):
        net_by_customer([ana.pk], currency="SEK")


def test_net_is_what_was_bought_less_what_came_back_in_one_currency():
    ana, bo, stranger = customer(), customer("Bo"), customer("Eli")
    order = bought(customer=ana)
    bought([line("oolong", "1", 700)], "2", customer=ana)
    bought([line()], "3", customer=ana, currency="EUR")
    bought([line()], "4", customer=ana, cancelled_at=LATER)
    gave_back(order, (1, "1", 4000))
    without_receipt(ana, 300)
    bought([line()], "5", customer=bo)
    bought([line()], "6")
    assert net_by_customer([ana.pk, bo.pk, stranger.pk], currency="SEK") == {
        ana.pk: 9_000 + 700 - 4_000 - 300,
        bo.pk: 9_000,
        stranger.pk: 0,
    }


def test_an_order_is_found_by_its_number_alone():
    shop, till = bought(key="1042"), bought(key="1042", source="till")
    bought(key="10421")
    assert set(orders_numbered("1042")) == {shop, till}


def test_returns_come_newest_first_receipt_or_not():
    ana = customer()
    without = without_receipt(ana, 300)
    with_receipt = gave_back(bought(customer=ana), (1, "1", 1), returned_at=LATER + timedelta(1))
    without_receipt(None, 100, "C2")
    assert returns_of(ana) == [with_receipt, without]
    assert Return.objects.count() == 3
