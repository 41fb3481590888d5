"""Orders in one file, amounts in another: joined on the order, every row accounted for."""

import pytest

from regulars.kit.errors import InputRefused
from tests.intake.histories import read_files, written

ORDERS = """order_id,customer_id,order_status,order_purchase_timestamp
A,17,delivered,2026-01-01 10:00:00
B,18,canceled,2026-01-02 10:00:00
C,17,delivered,2026-01-03 10:00:00
D,19,delivered,soon
"""
PAYMENTS = """order_id,payment_sequential,payment_type,payment_value
A,1,credit_card,10.50
A,2,voucher,2.00
B,1,credit_card,5.00
D,1,credit_card,7.00
Z,1,credit_card,9.00
"""


def test_lines_take_customer_day_and_status_from_their_order(tmp_path):
    orders = written(tmp_path, ORDERS, "orders.csv")
    payments = written(tmp_path, PAYMENTS, "payments.csv")
    expected = [
        (17, "2026-01-01", "A", 0, True),
        (17, "2026-01-01", "A", 200, True),
        (17, "2026-01-01", "A", 1050, True),
        (17, "2026-01-03", "C", 0, True),
        (18, "2026-01-02", "B", 0, False),
        (18, "2026-01-02", "B", 0, False),
    ]
    for paths in ((orders, payments), (payments, orders)):
        read = read_files(*paths)
        assert read.lines() == expected
        assert read.history.reasons == {"order_unknown": 2, "bad_date": 1}
    rows = {(r["file"], r["row"], r["value"]) for r in read.put_aside(tmp_path)}
    assert rows == {
        ("orders.csv", "5", "soon"),
        ("payments.csv", "5", "D"),
        ("payments.csv", "6", "Z"),
    }


def test_two_files_of_amounts_for_the_same_orders_would_count_twice(tmp_path):
    items = "order_id,product_id,price\nA,p,10.50\n"
    with pytest.raises(InputRefused) as refused:
        read_files(
            written(tmp_path, ORDERS, "orders.csv"),
            written(tmp_path, PAYMENTS, "payments.csv"),
            written(tmp_path, items, "items.csv"),
        )
    assert refused.value.code == "amounts_twice"
    assert "payments.csv, items.csv" in str(refused.value)


def test_amounts_without_their_orders_are_refused(tmp_path):
    with pytest.raises(InputRefused) as refused:
        read_files(written(tmp_path, PAYMENTS, "payments.csv"))
    assert refused.value.code == "missing_column"
