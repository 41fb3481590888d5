"""What a column of refunds does to net spend, and where it must do nothing."""

import pytest

from regulars.kit.errors import InputRefused
from tests.intake.histories import read_files, read_text


def orders(header, *rows):
    """One order a line: the customer is the order's number, the days follow each other."""
    lines = [f"{n},k{n},2026-01-{n:02},{row}" for n, row in enumerate(rows, start=1)]
    return f"order,customer,date,{header}\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "heading",
    [
        "Refunded Amount",
        "refund_amount",
        "Total Refunded",
        "Refund",
        "Återbetalt belopp",
        "Erstattungsbetrag",
        "退款金额",
    ],
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_refund_is_taken_off_whatever_its_sign(tmp_path, heading, sign):
    read = read_text(tmp_path, orders(f"total,{heading}", "80.00,0", f"50.00,{sign}12.50"))
    assert read.lines("net_minor, is_purchase") == [(3750, True), (8000, True)]
    assert read.note("refund") == "taken off the amount"


def test_an_order_refunded_wholly_is_no_purchase(tmp_path):
    read = read_text(tmp_path, orders("total,refund", "80.00,", "50.00,50.00"))
    assert read.lines("net_minor, is_purchase") == [(0, False), (8000, True)]


def test_a_row_that_is_a_return_itself_is_taken_off_once(tmp_path):
    rows = ("80.00,0,sale", "-20.00,20.00,sale", "30.00,30.00,refund")
    read = read_text(tmp_path, orders("total,refund,type", *rows))
    assert read.lines("net_minor, is_purchase") == [(-3000, False), (-2000, False), (8000, True)]


def test_amounts_after_refunds_are_left_as_they_are(tmp_path):
    rows = ("0.00,50.00", "10.00,40.00", "80.00,0")
    read = read_text(tmp_path, orders("total,refund", *rows))
    assert read.net() == 9000
    assert read.note("refund") == "only compared: the amounts are what was left after refunds"


def test_a_refund_repeated_on_each_line_of_an_order_counts_once(tmp_path):
    text = "order,customer,date,total,refund\n" + "".join(
        f"{order},k{order},2026-01-0{order},{total},{refund}\n" * 3
        for order, total, refund in ((1, "90.00", "30.00"), (2, "60.00", "0.00"))
    )
    read = read_text(tmp_path, text)
    assert read.net() == 9000 - 3000 + 6000


def test_refunds_of_lines_are_added_up_where_the_total_is_the_orders(tmp_path):
    text = (
        "order,customer,date,total,refund\n"
        "1,k1,2026-01-01,90.00,10.00\n1,k1,2026-01-01,,25.00\n2,k2,2026-01-02,60.00,\n"
    )
    assert read_text(tmp_path, text).net() == 9000 - 3500 + 6000


def test_refunds_of_lines_lower_their_own_lines(tmp_path):
    text = (
        "order,customer,date,line total,refund\n"
        "1,k1,2026-01-01,90.00,10.00\n1,k1,2026-01-01,40.00,40.00\n2,k2,2026-01-02,60.00,\n"
    )
    found = read_text(tmp_path, text).lines("net_minor, is_purchase")
    assert found == [(0, False), (6000, True), (8000, True)]


def test_yes_and_no_are_no_amounts_refunded(tmp_path):
    read = read_text(tmp_path, orders("total,refunded", "80.00,0", "50.00,1"))
    assert (read.net(), "refund" in read.taken()) == (13_000, False)


def test_what_is_no_amount_refunded_is_put_aside(tmp_path):
    read = read_text(tmp_path, orders("total,refund", "80.00,0", "50.00,ten", "20.00,5.00"))
    assert (read.net(), dict(read.history.reasons)) == (9500, {"bad_amount": 1})
    (row,) = read.put_aside(tmp_path)
    assert (row["column"], row["value"]) == ("refund", "ten")


def test_refunds_without_amounts_say_nothing(tmp_path):
    read = read_text(tmp_path, orders("refund", "0", "5.00", "7.50"), mapping={"amount": "-"})
    assert (read.history.has_amounts, "refund" in read.taken()) == (False, False)


def test_refunds_on_the_heads_of_orders_lower_what_their_lines_add(tmp_path):
    heads = tmp_path / "orders.csv"
    heads.write_text(
        "order_id,customer_id,order_date,refund\n1,a,2026-01-01,15.00\n2,b,2026-01-02,0\n"
    )
    lines = tmp_path / "payments.csv"
    lines.write_text("order_id,payment_value\n1,50.00\n2,20.00\n")
    assert read_files(heads, lines).net() == 5000 - 1500 + 2000


def test_two_columns_of_different_refunds_are_asked_for(tmp_path):
    with pytest.raises(InputRefused) as refused:
        read_text(tmp_path, orders("total,refund amount,refunded amount", "80.00,1,2", "50.00,3,4"))
    assert refused.value.code == "which_column"


def test_lines_of_an_order_whose_amount_cannot_be_used_go_aside_with_it(tmp_path):
    text = (
        "order,customer,date,total\n"
        "1,k1,2026-01-01,90.00\n1,k1,2026-01-01,\n"
        "2,k2,2026-01-02,ninety\n2,k2,2026-01-02,\n"
        "3,k3,2026-02-31,30.00\n3,k3,2026-02-03,\n"
        "4,k4,2026-01-04,40.00\n4,k4,2026-01-04,\n"
    )
    read = read_text(tmp_path, text)
    assert dict(read.history.reasons) == {"bad_amount": 1, "bad_date": 1, "no_amount": 2}
    assert read.lines("customer, net_minor, is_purchase") == [
        ("k1", 0, True),
        ("k1", 9000, True),
        ("k4", 0, True),
        ("k4", 4000, True),
    ]


def test_orders_in_another_currency_go_aside_with_all_their_lines(tmp_path):
    text = (
        "order,customer,date,total,currency\n"
        "1,k1,2026-01-01,90.00,SEK\n1,k1,2026-01-01,,\n"
        "2,k2,2026-01-02,20.00,EUR\n2,k2,2026-01-02,,\n"
    )
    read = read_text(tmp_path, text, currency="SEK")
    assert dict(read.history.reasons) == {"other_currency": 2}
    assert read.net() == 9000
