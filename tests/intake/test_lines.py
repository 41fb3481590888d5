"""What a row means: purchase, return, cancellation, anonymous sale, discount."""

import pytest

from tests.intake.histories import read_text


def nets_and_purchases(folder, text, **options):
    read = read_text(folder, text, **options)
    return read.lines("net_minor, is_purchase"), read.history


def table(header, *rows):
    lines = [f"{n},2026-01-{n:02},{row}" for n, row in enumerate(rows, start=1)]
    return f"customer,date,{header}\n" + "\n".join(lines) + "\n"


def test_an_amount_of_zero_is_a_purchase_and_a_negative_one_a_return(tmp_path):
    found, history = nets_and_purchases(tmp_path, table("amount", "10.5", "0", "-3.25"))
    assert found == [(-325, False), (0, True), (1050, True)]
    assert history.rows_returned == 1


def test_a_unit_price_of_zero_or_less_is_no_purchase(tmp_path):
    text = table("quantity,unit_price", "2,1.25", "2,0", "1,-5.5", "-2,1.25", "0,3.5")
    found, history = nets_and_purchases(tmp_path, text)
    assert found == [(-550, False), (-250, False), (0, False), (0, False), (250, True)]
    assert history.rows_returned == 4


def test_a_product_too_large_to_be_meant_costs_only_its_row(tmp_path):
    text = table("quantity,unit_price", "2,1.25", "99999999999,99999999999.5")
    found, history = nets_and_purchases(tmp_path, text)
    assert found == [(250, True)]
    assert history.reasons == {"bad_amount": 1}


def test_a_negative_quantity_takes_a_positive_amount_off(tmp_path):
    found, _ = nets_and_purchases(tmp_path, table("amount,quantity", "7.5,1", "7.5,-1", "-7.5,-1"))
    assert found == [(-750, False), (-750, False), (750, True)]


@pytest.mark.parametrize(
    "status",
    [
        "cancelled",
        "Canceled",
        "VOIDED",
        "failed",
        "unavailable",
        "refunded",
        "wc-cancelled",
        "Makulerad",
        "avbruten",
        "storniert",
        "已取消",
        "交易关闭",
        "payment_failed",
    ],
)
def test_an_order_that_came_to_nothing_adds_nothing(tmp_path, status):
    found, history = nets_and_purchases(
        tmp_path, table("amount,status", "7.5,paid", f"9.5,{status}")
    )
    assert found == [(0, False), (750, True)]
    assert history.rows_put_aside == 0


@pytest.mark.parametrize("kind", ["return", "Refund", "retur", "Gutschrift", "退货", "credit_note"])
def test_a_row_of_type_return_is_taken_off_whatever_its_sign(tmp_path, kind):
    text = table("amount,type", "7.5,sale", f"2.5,{kind}", f"-1.5,{kind}")
    assert nets_and_purchases(tmp_path, text)[0] == [(-250, False), (-150, False), (750, True)]


def test_a_cancellation_mark_counts_where_the_rows_that_have_it_are_negative(tmp_path):
    marked = ["-1.5,C10", "-2.5,C11"] * 10
    found, _ = nets_and_purchases(
        tmp_path,
        "customer,date,amount,invoice\n"
        + "".join(
            f"{n},2026-01-01,{row}\n" for n, row in enumerate([*marked, "3.5,C12", "4.5,13"])
        ),
    )
    assert found.count((350, False)) == 1
    assert found.count((450, True)) == 1


def test_a_letter_c_before_ordinary_orders_is_no_mark(tmp_path):
    assert nets_and_purchases(tmp_path, table("amount,order_id", "1.5,C10", "2.5,C11"))[0] == [
        (150, True),
        (250, True),
    ]


def test_without_amounts_every_row_is_a_purchase_and_net_unknown(tmp_path):
    found, history = nets_and_purchases(tmp_path, "customer,date\n1,2026-01-01\n2,2026-01-02\n")
    assert found == [(None, True), (None, True)]
    assert not history.has_amounts


def test_a_price_alone_is_the_amount_of_one(tmp_path):
    assert nets_and_purchases(tmp_path, table("price", "2.25"))[0] == [(225, True)]


@pytest.mark.parametrize("nobody", ["", "  ", "NULL", "nan", "Guest", "n/a", "游客"])
def test_rows_without_a_customer_are_anonymous_sales(tmp_path, nobody):
    text = f"customer_id,date,amount\n17.0,2026-01-01,1.5\n{nobody},2026-01-01,2.5\n"
    read = read_text(tmp_path, text)
    assert read.lines("customer, net_minor") == [(17, 150), (None, 250)]
    assert read.history.rows_anonymous == 1


def test_numbers_with_leading_zeros_stay_text(tmp_path):
    text = "customer_id,date\n007,2026-01-01\n7,2026-01-01\n"
    assert {row[0] for row in read_text(tmp_path, text).lines()} == {"007", "7"}


def test_a_discount_is_seen_in_any_of_its_columns(tmp_path):
    text = table("amount,discount,coupon", "1.5,0,", "1.5,0.25,", "1.5,,SPRING", "1.5,,")
    read = read_text(tmp_path, text)
    assert read.lines("customer, is_discounted") == [(1, False), (2, True), (3, False), (4, False)]
    read = read_text(
        tmp_path, table("amount,retail_disc,coupon_disc", "1,0.5,0", "1,0,-0.5", "1,0,0")
    )
    assert read.lines("customer, is_discounted") == [(1, True), (2, True), (3, False)]
    assert read_text(tmp_path, table("amount", "1.5")).lines("is_discounted") == [(None,)]


def orders(header, n_orders, line):
    """n orders of three lines each."""
    rows = [
        f"{n},2026-01-01,{n},{line(n, place)}" for n in range(1, n_orders + 1) for place in range(3)
    ]
    return f"customer,date,order_id,{header}\n" + "\n".join(rows) + "\n"


def test_a_total_repeated_on_each_line_is_counted_once_an_order(tmp_path):
    read = read_text(tmp_path, orders("order_total", 5, lambda n, _: f"{n}0.5"))
    assert read.net() == sum(1000 * n + 50 for n in range(1, 6))
    assert read.history.rows_used == 15
    assert read.lines("is_purchase") == [(True,)] * 15


def test_a_repeated_total_survives_a_first_line_that_is_put_aside(tmp_path):
    text = orders("total", 2, lambda n, _: f"{n}0.5").replace("1,2026-01-01,1", "1,soon,1", 1)
    read = read_text(tmp_path, text)
    assert read.net() == 3100
    assert read.history.reasons == {"bad_date": 1}


def test_amounts_of_lines_are_added_up(tmp_path):
    assert read_text(tmp_path, orders("total", 5, lambda n, place: f"{place}.5")).net() == 5 * 450


def test_equal_amounts_on_few_orders_are_taken_for_lines_unless_called_a_total(tmp_path):
    assert read_text(tmp_path, orders("amount", 5, lambda n, _: f"{n}.5")).net() == 3 * 1750


def test_a_column_called_total_that_is_quantity_times_price_is_the_line_s(tmp_path):
    text = orders("quantity,unit_price,total", 5, lambda n, _: f"2,{n}.5,{2 * n + 1}.0")
    assert read_text(tmp_path, text).net() == 3 * sum(200 * n + 100 for n in range(1, 6))


def test_the_status_on_an_orders_first_line_is_that_of_all_its_lines(tmp_path):
    head = "Name,Email,Financial Status,Total,Created at,Lineitem name\n"
    rows = (
        f"#{n},a@x.se,{status},20.00,2026-01-0{n},tea\n#{n},a@x.se,,,2026-01-0{n},cup\n"
        for n, status in ((1, "paid"), (2, "refunded"), (3, "paid"))
    )
    lines = read_text(tmp_path, head + "".join(rows)).lines("order_key, is_purchase, net_minor")
    assert [line[1] for line in lines] == [True, True, False, False, True, True]
    assert sum(line[2] for line in lines) == 4000
