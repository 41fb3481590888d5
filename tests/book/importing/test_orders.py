"""Files of orders: who, what, when, for how much, and what came back."""

import pytest

from regulars.book.models import (
    Customer,
    Event,
    FileImport,
    Identity,
    Order,
    OrderLine,
    Return,
    ReturnLine,
)
from regulars.book.services.erasing import erase_customer
from regulars.company.models import Company
from tests.support.cast import at
from tests.support.importing import import_text, imported

pytestmark = pytest.mark.django_db
SHOP = {"source": "shop", "kind": "orders"}
ORDERS = """Order number,Customer number,Ordered at,Product,Quantity,Unit price,Line total,Currency
1,7,2026-03-02 10:30,sencha,2,45.00,90.00,SEK
1,7,2026-03-02 10:30,oolong,1,120.00,100.00,SEK
2,,2026-03-03 09:00,sencha,1,45.00,45.00,SEK
3,8,2026-03-04 09:00,cup,1,350,350,JPY
"""


@pytest.fixture(autouse=True)
def company():
    Company.objects.update(time_zone="Europe/Stockholm", currency="SEK")


def lines():
    return list(
        OrderLine.objects.order_by("order__source_key", "position").values_list(
            "order__source_key",
            "product__code",
            "quantity",
            "unit_price_minor",
            "gross_minor",
            "discount_minor",
        )
    )


def test_each_order_comes_in_with_its_lines_customer_and_moment(tmp_path):
    assert import_text(tmp_path, ORDERS, **SHOP).counts() == (4, 0, 0, 0)
    assert lines() == [
        ("1", "oolong", 1, 12000, 12000, 2000),
        ("1", "sencha", 2, 4500, 9000, 0),
        ("2", "sencha", 1, 4500, 4500, 0),
        ("3", "cup", 1, 350, 350, 0),
    ]
    first, second, third = Order.objects.order_by("source_key")
    assert first.placed_at == at("2026-03-02 09:30")  # Stockholm is an hour ahead in winter
    assert [i.value for i in first.customer.identities.all()] == ["7"]
    assert second.customer is None
    assert (first.currency, third.currency) == ("SEK", "JPY")


def test_the_same_file_again_changes_nothing_however_its_rows_are_sorted(tmp_path):
    import_text(tmp_path, ORDERS, **SHOP)
    n_events = Event.objects.count()
    header, *rows = ORDERS.splitlines()
    again = import_text(tmp_path, "\n".join([header, *reversed(rows)]) + "\n", **SHOP)
    assert again.counts() == (0, 4, 0, 0)
    assert Event.objects.count() == n_events


def test_what_the_source_tells_otherwise_is_changed_and_counted_apart(tmp_path):
    import_text(tmp_path, ORDERS, **SHOP)
    assert import_text(tmp_path, ORDERS.replace("90.00,SEK", "80.00,SEK"), **SHOP).counts() == (
        0,
        2,
        2,
        0,
    )
    assert Order.objects.get(source_key="1").version == 2


def test_an_order_with_a_row_that_cannot_be_read_is_put_aside_whole_and_comes_in_mended(tmp_path):
    spoiled = ORDERS.replace("oolong,1,120.00,100.00", "oolong,1,120.00,much")
    first = import_text(tmp_path, spoiled, **SHOP)
    assert first.counts() == (2, 0, 0, 2)
    assert first.reasons() == {"bad_amount": 1, "order_incomplete": 1}
    assert not Order.objects.filter(source_key="1").exists()
    (path,) = first.made.put_aside
    rows = first.aside()
    assert [row["put aside: row"] for row in rows] == ["2", "3"]
    assert (rows[1]["put aside: column"], rows[1]["put aside: value"]) == ("Line total", "much")
    path.write_text(path.read_text(encoding="utf-8-sig").replace("much", "100.00"))
    assert imported(tmp_path / "again", path, **SHOP).counts() == (2, 0, 0, 0)
    assert len(lines()) == 4


def test_what_was_given_back_is_a_return_and_no_order(tmp_path):
    text = """Order id,Customer id,Date,Product,Quantity,Price
C9,7,2026-03-05,sencha,-1,45.00
C9,7,2026-03-05,oolong,-2,10.00
10,7,2026-03-05,sencha,3,45.00
"""
    assert import_text(tmp_path, text, **SHOP).counts() == (3, 0, 0, 0)
    back = Return.objects.get()
    assert (back.source_key, back.refund_minor, back.currency) == ("C9", 6500, "SEK")
    assert sorted(ReturnLine.objects.values_list("product__code", "quantity", "refund_minor")) == [
        ("oolong", 2, 2000),
        ("sencha", 1, 4500),
    ]
    assert [order.source_key for order in Order.objects.all()] == ["10"]
    assert import_text(tmp_path, text, **SHOP).counts() == (0, 3, 0, 0)


def test_rows_without_an_order_number_are_orders_of_their_own_known_by_what_they_say(tmp_path):
    text = "Customer id,Date,Amount\n7,2026-03-01,10.00\n7,2026-03-01,10.00\n8,2026-03-02,5\n"
    assert import_text(tmp_path, text, **SHOP).counts() == (3, 0, 0, 0)
    assert import_text(tmp_path, text, **SHOP).counts() == (0, 3, 0, 0)
    assert Order.objects.count() == 3
    assert not Event.objects.filter(source_key__contains="|").exists()


def test_customers_are_one_where_any_exact_key_says_so(tmp_path):
    text = """Order id,Customer id,Email,Phone,Date,Amount
1,7,Ana@Example.org,070-123 45 67,2026-03-01,10
2,8,,+46 70 123 45 67,2026-03-02,10
3,,ana@example.org,,2026-03-03,10
4,9,bo@example.org,,2026-03-04,10
"""
    import_text(tmp_path, text, **SHOP)
    assert Customer.objects.count() == 2
    ana = Identity.objects.get(kind="email", value="ana@example.org").customer
    assert sorted(ana.identities.values_list("kind", "value")) == [
        ("email", "ana@example.org"),
        ("external", "7"),
        ("external", "8"),
        ("phone", "+46701234567"),
    ]
    assert Order.objects.filter(customer=ana).count() == 3


def test_keys_of_different_customers_are_put_aside_and_not_guessed(tmp_path):
    text = """Order id,Customer id,Email,Date,Amount
1,7,ana@example.org,2026-03-01,10
2,8,bo@example.org,2026-03-02,10
3,7,bo@example.org,2026-03-03,10
3,7,bo@example.org,2026-03-03,20
"""
    done = import_text(tmp_path, text, **SHOP)
    assert done.counts() == (2, 0, 0, 2)
    assert done.reasons() == {"identity_conflict": 2}
    assert {row["put aside: value"] for row in done.aside()} == {"external, email"}
    assert Identity.objects.count() == 4


def test_orders_in_one_file_and_their_lines_in_another_are_counted_with_both(tmp_path):
    (tmp_path / "heads.csv").write_text(
        "order_id,customer_id,order_date\n1,7,2026-03-01\n2,8,2026-03-02\n"
    )
    (tmp_path / "items.csv").write_text(
        "order_id,product_id,price\n1,sencha,45.00\n1,oolong,20.00\n9,cup,5.00\n"
    )
    done = imported(tmp_path, tmp_path / "heads.csv", tmp_path / "items.csv", **SHOP)
    assert done.counts() == (4, 0, 0, 1)
    assert done.reasons() == {"order_unknown": 1}
    assert [(o.source_key, o.gross_minor) for o in Order.objects.order_by("source_key")] == [
        ("1", 6500),
        ("2", 0),
    ]
    again = imported(tmp_path, tmp_path / "heads.csv", tmp_path / "items.csv", **SHOP)
    assert again.counts() == (0, 4, 0, 1)


def test_an_order_that_the_tables_refuse_is_put_aside_with_their_words(tmp_path):
    rows = "".join("2,7,2026-03-01,tea,1,2\n" for _ in range(32_768))
    text = f"Order id,Customer id,Date,Product,Quantity,Price\n1,7,2026-03-01,tea,1,1\n{rows}"
    done = import_text(tmp_path, text, **SHOP)
    assert done.counts() == (1, 0, 0, 32_768)
    assert done.reasons() == {"refused": 32_768}
    assert "every text and number fits its field" in done.aside()[0]["put aside: reason"]


def test_what_is_too_long_to_be_a_customers_number_is_put_aside(tmp_path):
    text = f"Order id,Customer id,Date,Amount\n1,7,2026-03-01,10\n2,{'7' * 300}a,2026-03-01,1\n"
    done = import_text(tmp_path, text, **SHOP)
    assert (done.counts(), done.reasons()) == ((1, 0, 0, 1), {"long_key": 1})


def test_an_import_is_noted_with_who_what_and_the_digest(tmp_path):
    import_text(tmp_path, ORDERS, **SHOP)
    held = FileImport.objects.get()
    assert (held.kind, held.source, held.staff, held.reasons) == ("orders", "shop", None, {})
    (file,) = held.files
    assert file["name"] == "file.csv"
    assert len(file["sha256"]) == 64


def test_a_number_that_no_phone_has_and_no_other_key_is_put_aside(tmp_path):
    text = (
        "Order id,Email,Phone,Date,Amount\n1,ana@example.org,12,2026-03-01,10\n2,,12,2026-03-01,9\n"
    )
    done = import_text(tmp_path, text + "3,,,2026-03-01,8\n", **SHOP)
    assert (done.counts(), done.reasons()) == ((2, 0, 0, 1), {"bad_phone": 1})
    assert list(Identity.objects.values_list("kind", "value")) == [("email", "ana@example.org")]


def test_who_was_erased_does_not_come_back_by_a_file(tmp_path):
    import_text(tmp_path, ORDERS, **SHOP)
    ana = Identity.objects.get(value="7").customer
    erase_customer(ana, by=None)
    assert import_text(tmp_path, ORDERS, **SHOP).counts() == (0, 4, 0, 0)
    ana.refresh_from_db()
    assert (ana.name, ana.identities.count(), ana.orders.count()) == ("", 0, 1)
