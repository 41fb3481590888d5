"""Lists: page by page in one order, filters, and the timeline without a gap."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from regulars.book.models import Order
from regulars.book.queries.key_access import made_at
from regulars.book.services.epochs import ensure_epoch
from regulars.company.models import Staff
from regulars.company.rights import Role
from tests.api.conftest import Program, token_of
from tests.api.sent import back, order


def through(program, path, **query):
    """All records of a list, a page at a time."""
    found, cursor = [], None
    while True:
        page = program.get(path, query | ({"cursor": cursor} if cursor else {})).json()
        found += page["data"]
        cursor = page["next_cursor"]
        if not cursor or not page.get("has_more", True):
            return found


def test_pages_hold_every_record_once_in_the_order_in_which_it_came(shop):
    shop.send("/orders/batch", {"items": [order(str(n)) for n in range(7)]})
    shop.send("/orders", order("last"))
    found = through(shop, "/orders", limit=3)
    assert len({each["id"] for each in found}) == len(found) == 8
    assert [each["created_at"] for each in found] == sorted(each["created_at"] for each in found)
    assert found[-1]["external_id"] == "last"


def test_what_comes_in_while_somebody_leafs_is_on_a_later_page(shop):
    shop.send("/orders/batch", {"items": [order(str(n)) for n in range(3)]})
    first = shop.get("/orders", {"limit": 2}).json()
    shop.send("/orders", order("new"))
    rest = shop.get("/orders", {"limit": 200, "cursor": first["next_cursor"]}).json()
    assert len(first["data"]) + len(rest["data"]) == 4
    assert rest["next_cursor"] is None


def test_a_cursor_is_good_for_its_list_and_filters_alone(shop):
    shop.send("/orders/batch", {"items": [order(str(n)) for n in range(3)]})
    cursor = shop.get("/orders", {"limit": 1}).json()["next_cursor"]
    for path, query in (("/returns", {}), ("/orders", {"source": "webshop"})):
        refused = shop.get(path, query | {"cursor": cursor})
        assert (refused.status_code, refused.json()["code"]) == (409, "cursor_unknown")
    assert shop.get("/orders", {"limit": 2, "cursor": cursor}).status_code == 200


@pytest.mark.parametrize("limit", ["0", "201", "many", "1.5"])
def test_a_page_holds_1_to_200(shop, limit):
    assert shop.get("/orders", {"limit": limit}).status_code == 422


def test_records_are_found_by_what_they_are_of(shop):
    bos = shop.send("/orders", order("1", customer={"email": "bo@example.org"})).json()["id"]
    shop.send("/orders/batch", {"items": [order("2"), order("2", source="till")]})
    shop.send("/returns", back(order="2"))
    bo = shop.get(f"/orders/{bos}").json()["customer"]
    assert [each["id"] for each in through(shop, "/orders", customer=bo)] == [bos]
    of_till = through(shop, "/orders", source="till", external_id="2")
    assert [each["source"] for each in of_till] == ["till"]
    assert through(shop, "/returns", customer=bo) == []
    nobody = shop.get("/orders", {"customer": "cus_00000000000000000000000000"})
    assert nobody.status_code == 404


def test_records_are_found_by_when_they_came_in(shop):
    shop.send("/orders", order("1"))
    at = made_at(Order.objects.get().pk)
    just, later = at.isoformat(), (at + timedelta(milliseconds=1)).isoformat()
    for query, n in (
        ({"created_at[gte]": just}, 1),
        ({"created_at[gt]": just}, 0),
        ({"created_at[lte]": just}, 1),
        ({"created_at[lt]": just}, 0),
        ({"created_at[lt]": later}, 1),
        ({"created_at[gte]": later}, 0),
    ):
        assert len(through(shop, "/orders", **query)) == n, query


def test_the_id_says_when_a_record_came_in(shop):
    before = timezone.now()
    made = shop.send("/orders", order()).json()
    at = made_at(Order.objects.get().pk)
    assert before - timedelta(milliseconds=1) <= at <= timezone.now()
    told = shop.get(f"/orders/{made['id']}").json()["created_at"]
    assert told == at.isoformat().replace("+00:00", "Z")


def test_the_timeline_is_read_without_a_gap_from_where_one_was(committed):
    ensure_epoch()
    dee = Staff.objects.create(name="Dee", email="dee@example.org", role=Role.OWNER)
    shop = Program(Client(), token_of(dee))
    shop.send("/orders/batch", {"items": [order(str(n)) for n in range(5)]})
    seen, cursor = [], None
    until = time.monotonic() + 20
    while len(seen) < 7 and time.monotonic() < until:
        page = shop.get("/events", {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["data"]
        cursor = page["next_cursor"]
        if len(seen) == 6:
            shop.send("/returns", back(order="1"))
    assert [event["kind"] for event in seen] == [
        "customer.made",
        *["order.placed"] * 5,
        "order.returned",
    ]
    assert seen[-1]["subject_id"].startswith("ret_")
    ana = seen[0]["customer"]
    assert len(through(shop, "/events", customer=ana)) == 7
    assert len(through(shop, "/events", kind="order.placed", limit=2)) == 5
    wrong = shop.get("/events", {"cursor": "a" * 30})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "cursor")
