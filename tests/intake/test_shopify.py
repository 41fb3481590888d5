"""Shopify's export of orders: what is said of an order stands on its first line alone."""

import csv
import io

import pytest

from tests.intake.histories import read_text

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing City,Billing Country,Shipping Name,Shipping City,Notes,Cancelled at,"
    "Payment Method,Refunded Amount,Vendor,Outstanding Balance,Location,Id,Tags,Risk Level,"
    "Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Phone,Receipt Number"
)
# What Shopify writes on each line of an order; all else about the order is on the first.
ON_EACH_LINE = ("Name", "Email", "Created at", "Phone")


def shopify(*orders, on_each_line=ON_EACH_LINE):
    """An export: of each order its number, e-mail, day, what is said of it, and its items."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER.split(","), restval="", lineterminator="\n")
    writer.writeheader()
    for number, email, day, said, items in orders:
        total = sum(n * float(price) for n, _, price in items)
        whole = {
            "Name": f"#{number}",
            "Email": email,
            "Created at": f"{day} 14:05:09 +0100",
            "Financial Status": "paid",
            "Paid at": f"{day} 14:05:10 +0100",
            "Currency": "SEK",
            "Subtotal": f"{total:.2f}",
            "Shipping": "49.00",
            "Taxes": "0.00",
            "Total": f"{total + 49:.2f}",
            "Discount Amount": "0.00",
            "Refunded Amount": "0.00",
            "Outstanding Balance": "0.00",
            "Id": f"52{number}",
            "Source": "web",
        } | said
        for place, (quantity, name, price) in enumerate(items):
            line = {
                "Lineitem quantity": quantity,
                "Lineitem name": name,
                "Lineitem price": price,
                "Lineitem sku": name[:3].upper(),
                "Lineitem discount": "0.00",
            }
            kept = (
                whole if place == 0 else {key: whole[key] for key in on_each_line if key in whole}
            )
            writer.writerow(kept | line)
    return text.getvalue()


TEA, POT, CUP = (2, "Sencha", "120.00"), (1, "Teapot", "300.00"), (3, "Cup", "45.00")
ORDERS = (
    ("1001", "ana@example.com", "2026-01-05", {}, [TEA, POT]),  # 589
    ("1002", "wei@example.com", "2026-01-20", {}, [CUP]),  # 184
    (  # 724, of which the pot came back
        "1003",
        "ana@example.com",
        "2026-02-11",
        {"Financial Status": "partially_refunded", "Refunded Amount": "300.00"},
        [TEA, POT, CUP],
    ),
    (  # all of it came back
        "1004",
        "wei@example.com",
        "2026-02-13",
        {"Financial Status": "refunded", "Refunded Amount": "289.00"},
        [TEA],
    ),
    (  # a discount of 54: what was paid is in Total
        "1005",
        "ana@example.com",
        "2026-03-02",
        {"Total": "535.00", "Discount Code": "SPRING", "Discount Amount": "54.00"},
        [TEA, POT],
    ),
    (
        "1006",
        "eli@example.com",
        "2026-03-03",
        {"Financial Status": "voided", "Cancelled at": "2026-03-04 09:00:00 +0100"},
        [TEA, CUP],
    ),
    ("1007", "", "2026-03-05", {}, [POT]),  # 349 at the till, nobody's name
)
NET_MINOR = 58_900 + 18_400 + (72_400 - 30_000) + 0 + 53_500 + 0 + 34_900


@pytest.mark.parametrize(
    "on_each_line", [ON_EACH_LINE, ("Name", "Email"), ("Name",)], ids=["as it is", "days", "names"]
)
def test_each_order_counts_once_and_what_was_refunded_is_taken_off(tmp_path, on_each_line):
    read = read_text(tmp_path, shopify(*ORDERS, on_each_line=on_each_line))
    assert read.net() == NET_MINOR
    assert (read.history.rows_read, read.history.rows_put_aside) == (12, 0)
    assert read.history.rows_anonymous == 1
    assert read.history.currency == "SEK"
    per_order = read.con.sql(
        "SELECT order_key, CAST(sum(net_minor) AS BIGINT), bool_and(is_purchase), count(*) "
        "FROM lines GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert per_order == [
        ("#1001", 58_900, True, 2),
        ("#1002", 18_400, True, 1),
        ("#1003", 42_400, True, 3),
        ("#1004", 0, False, 1),
        ("#1005", 53_500, True, 2),
        ("#1006", 0, False, 2),
        ("#1007", 34_900, True, 1),
    ]
    taken = read.taken()
    assert {field: taken[field] for field in ("customer", "when", "order", "amount", "refund")} == {
        "customer": "Email",
        "when": "Created at",
        "order": "Name",
        "amount": "Total",
        "refund": "Refunded Amount",
    }


def test_orders_of_one_line_each_come_to_the_same(tmp_path):
    singles = [order for order in ORDERS if len(order[4]) == 1]
    back = {"Financial Status": "partially_refunded", "Refunded Amount": "120.00"}
    singles.append(("1008", "wei@example.com", "2026-03-09", back, [TEA]))
    read = read_text(tmp_path, shopify(*singles))
    assert read.net() == 18_400 + 0 + 34_900 + (28_900 - 12_000)
