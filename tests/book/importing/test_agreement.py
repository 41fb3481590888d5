"""The report and the book say the same of the same file: who bought, how often, for how much."""

import csv
import io

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from regulars.company.models import Company
from tests.support.importing import book_totals, import_text, report_totals

pytestmark = pytest.mark.django_db
some = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
cents = st.integers(1, 9999)
item = st.tuples(st.integers(1, 4), cents)  # how many, and the price of one
order = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["", "K1", "K2", "K3"]),
        "day": st.integers(1, 28),
        "items": st.lists(item, min_size=1, max_size=4),
        "shipping": st.sampled_from([0, 0, 4900]),
        "tax": st.sampled_from([0, 1234]),
        "off": st.integers(0, 100),  # of a hundred
        "tip": st.sampled_from([0, 0, 500]),
        "status": st.sampled_from(["paid", "paid", "paid", "partially_refunded", "refunded"]),
        "refund": st.integers(0, 110),  # of a hundred of the total
    }
)
orders = st.lists(order, min_size=2, max_size=12)


@pytest.fixture(autouse=True)
def company():
    Company.objects.update(time_zone="UTC", currency="SEK")


def money(n_cents):
    return f"{n_cents // 100}.{n_cents % 100:02}"


def goods(told):
    return sum(n * price for n, price in told["items"])


def discount(told):
    return goods(told) * told["off"] // 100


def total(told):
    return goods(told) - discount(told) + told["shipping"] + told["tax"] + told["tip"]


def refund(told):
    return 0 if told["status"] == "paid" else total(told) * told["refund"] // 100


def text(columns, rows):
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def as_shopify(told):
    """What is the order's stands on its first row."""
    columns = [
        *("Name", "Email", "Financial Status", "Currency", "Shipping", "Taxes", "Total"),
        *("Discount Amount", "Created at", "Lineitem quantity", "Lineitem name"),
        *("Lineitem price", "Refunded Amount", "Cancelled at"),
    ]
    rows = []
    for number, each in enumerate(told, start=1):
        head = {
            "Email": f"{each['customer'].lower()}@example.org" if each["customer"] else "",
            "Financial Status": each["status"],
            "Currency": "SEK",
            "Shipping": money(each["shipping"]),
            "Taxes": money(each["tax"]),
            "Total": money(total(each)),
            "Discount Amount": money(discount(each)),
            "Refunded Amount": money(refund(each)),
        }
        for nth, (n, price) in enumerate(each["items"]):
            line = {
                "Name": f"#{number}",
                "Created at": f"2026-01-{each['day']:02} 14:05:09 +0100",
                "Lineitem quantity": n,
                "Lineitem name": f"tea {nth}",
                "Lineitem price": money(price),
            }
            rows.append(line | (head if nth == 0 else {}))
    return text(columns, rows)


def as_totals(told):
    """The order's total, and what was refunded of it, on each of its rows."""
    rows = [
        {
            "order id": number,
            "customer id": each["customer"],
            "order date": f"2026-01-{each['day']:02}",
            "order total": money(total(each)),
            "refund": money(refund(each)),
            "product": f"tea {nth}",
            "quantity": n,
        }
        for number, each in enumerate(told, start=1)
        for nth, (n, _) in enumerate(each["items"])
    ]
    return text(list(rows[0]), rows)


def as_lines(told):
    """Each row has what was paid for it; what came back has a row of its own, below zero."""
    rows = [
        {
            "order id": number,
            "customer id": each["customer"],
            "order date": f"2026-01-{each['day']:02}",
            "amount": money(n * price),
            "quantity": n,
            "refund": money(refund(each) if nth == 0 else 0),
            "status": "cancelled" if each["off"] > 80 else "paid",
        }
        for number, each in enumerate(told, start=1)
        for nth, (n, price) in enumerate(each["items"])
    ]
    back = {"order id": "R1", "customer id": "K1", "order date": "2026-02-01", "amount": "-7.50"}
    return text(list(rows[0]), [*rows, back | {"quantity": -1, "status": "paid"}])


def as_prices(told):
    """Quantity and price; a C before its number marks what came back."""
    rows = [
        {
            "Invoice": f"{'C' if each['off'] > 90 else ''}{500 + number}",
            "Customer ID": each["customer"],
            "InvoiceDate": f"2026-01-{each['day']:02} 10:00",
            "Quantity": -n if each["off"] > 90 else n,
            "Price": money(price),
        }
        for number, each in enumerate(told, start=1)
        for n, price in each["items"]
    ]
    return text(list(rows[0]), rows)


def as_items(told):
    """One row an order, with what was bought in columns of their own."""
    rows = [
        {
            "order_id": number,
            "order_number": number,
            "order_date": f"2026-01-{each['day']:02} 10:00:00",
            "status": "completed" if each["status"] != "refunded" else "refunded",
            "shipping_total": money(each["shipping"]),
            "tax_total": money(each["tax"]),
            "discount_total": "0.00",
            "order_total": money(goods(each) + each["shipping"] + each["tax"] + each["tip"]),
            "order_currency": "SEK",
            "customer_id": each["customer"],
        }
        | {
            f"line_item_{nth}": f"name:Tea {nth}|product_id:{nth}|sku:|quantity:{n}|"
            f"total:{money(n * price)}|sub_total:{money(n * price)}"
            for nth, (n, price) in enumerate(each["items"], start=1)
        }
        for number, each in enumerate(told, start=1)
    ]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return text(columns, rows)


NAMED = {"customer": "K1", "day": 1, "shipping": 0, "tax": 0, "off": 0, "tip": 0}


@pytest.mark.parametrize("layout", [as_shopify, as_totals, as_lines, as_prices, as_items])
def test_totals_of_the_book_are_those_of_the_report(layout, tmp_path):
    @some
    @given(told=orders)
    @example(told=[NAMED | {"items": [(1, 100), (2, 50)], "status": "refunded", "refund": 100}] * 2)
    def check(told):
        told = [NAMED | {"items": [(1, 990)], "status": "paid", "refund": 0}, *told]
        path = tmp_path / "orders.csv"
        path.write_text(layout(told))
        with transaction.atomic():
            done = import_text(tmp_path, layout(told), "orders.csv", kind="orders", source="shop")
            assert done.reasons() == {}
            assert book_totals() == report_totals(path, currency="SEK"), layout(told)
            again = import_text(tmp_path, layout(told), "orders.csv", kind="orders", source="shop")
            assert again.counts() == (0, sum(done.counts()), 0, 0)
            transaction.set_rollback(True)

    check()
