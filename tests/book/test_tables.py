"""What the book offers to measures, held to the report's own reading of the same orders."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import narwhals as nw
import pytest

from regulars.book.models import Category
from regulars.book.services.returns import take_back
from regulars.book.tables import ORDER_LINES, SCHEMA, order_lines
from regulars.book.told import LineBackTold, ReturnTold
from regulars.intake import ReadOptions, read_history
from regulars.intake.names import FIELDS
from regulars.measure import rfm
from regulars.measure.engine import DuckEngine
from regulars.measure.regulars import Definition
from tests.book.shop import AT, LATER, bought, customer, gave_back, line, product

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MARCH_2 = (date(2026, 3, 2) - date(1970, 1, 1)).days


def offered(zone=STOCKHOLM):
    with order_lines(zone) as reader:
        assert reader.schema == SCHEMA
        return reader.read_all()


def a_small_shop():
    ana = customer()
    green = Category.objects.create(source="shop", code="green")
    sencha = product()
    sencha.category = green
    sencha.save(update_fields=["category"])
    first = bought([line(discount=1000), line("oolong", "1", 700)], "1", customer=ana)
    bought([line(coupon="SPRING", quantity="1.5", price=1000)], "2", placed_at=AT)
    bought([line()], "3", customer=ana, cancelled_at=LATER, channel="")
    gave_back(first, (1, "1", 4000), channel="branch")
    return ana, first


def test_every_line_and_every_return_is_offered_with_its_sign():
    ana, first = a_small_shop()
    rows = {(row["net_minor"], row["order_key"]): row for row in offered().to_pylist()}
    assert len(rows) == 5
    bought_row = rows[8_000, str(first.pk)]
    assert bought_row == {
        "customer": str(ana.pk),
        "at": AT,
        "day": MARCH_2,
        "order_key": str(first.pk),
        "net_minor": 8_000,
        "quantity": Decimal("2.000"),
        "is_purchase": True,
        "is_discounted": True,
        "discount_minor": 1_000,
        "product": "sencha",
        "category": "green",
        "channel": "web",
        "currency": "SEK",
    }
    assert rows[-4_000, str(first.pk)] == bought_row | {
        "at": LATER,
        "day": MARCH_2 + 7,
        "net_minor": -4_000,
        "quantity": Decimal("-1.000"),
        "is_purchase": False,
        "is_discounted": False,
        "discount_minor": 0,
        "channel": "branch",
    }
    (cancelled,) = (row for row in rows.values() if row["net_minor"] == 0)
    assert (cancelled["is_purchase"], cancelled["channel"]) == (False, None)
    (anonymous,) = (row for row in rows.values() if row["customer"] is None)
    assert (anonymous["is_discounted"], anonymous["net_minor"]) == (True, 1_500)
    assert rows[700, str(first.pk)]["category"] is None


def test_a_return_without_a_receipt_is_offered_without_an_order():
    told = ReturnTold(
        source="shop",
        source_key="C1",
        returned_at=LATER,
        currency="SEK",
        customer=customer(),
        lines=[LineBackTold(refund_minor=300)],
    )
    take_back(told, by=None)
    (row,) = offered().to_pylist()
    assert (row["order_key"], row["product"], row["net_minor"]) == (None, None, -300)


def test_the_day_is_that_of_the_company():
    bought(placed_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert offered(STOCKHOLM)["day"].to_pylist() == [MARCH_2]
    assert offered(ZoneInfo("UTC"))["day"].to_pylist() == [MARCH_2 - 1]


def test_an_empty_book_offers_no_rows():
    assert offered().num_rows == 0


def test_codes_with_commas_quotes_and_chinese_come_whole():
    for n, code in enumerate(('a,"b"\n', "t", "碧螺春", "f")):
        bought([line(code, "1", 100)], str(n))
    assert sorted(offered()["product"].to_pylist()) == ['a,"b"\n', "f", "t", "碧螺春"]


def test_many_batches_are_read_and_a_reader_may_stop_early():
    for n in range(3):
        bought([line(f"tea{i}", "1", i + 1) for i in range(200)], str(n))
    table = offered()
    assert (table.num_rows, sum(table["net_minor"].to_pylist())) == (600, 3 * 20_100)
    with order_lines(STOCKHOLM) as reader:
        assert reader.read_next_batch().num_rows > 0
    assert offered().num_rows == 600


def test_each_column_says_what_it_means_and_what_the_report_calls_it():
    assert {column.field for column in ORDER_LINES} <= set(FIELDS)
    assert all(column.meaning for column in ORDER_LINES)


@pytest.fixture
def engine():
    with duckdb.connect() as connection:
        yield DuckEngine(connection)


def customers(engine, lines):
    days = rfm.customer_days(lines)
    made = rfm.customers(days, as_of=MARCH_2 + 30, definition=Definition())
    found = engine.arrays(made.sort("customer"))
    return {name: found[name].tolist() for name in found if name != "customer"}


def test_a_measure_runs_on_the_book_and_says_what_it_says_of_a_file(engine, tmp_path):
    """The same orders, once in the book and once as a file that the report reads."""
    ana, bo = customer(), customer("Bo")
    rows = ["order id,customer id,order date,product,quantity,amount,order status"]
    for n in range(12):
        who, name = (ana, "a") if n % 3 else (bo, "b")
        at = datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(days=5 * n)
        is_void = n == 7
        order = bought(
            [line(quantity=str(n + 1), discount=100 * n), line("oolong", "1", 700)],
            str(n),
            customer=who,
            placed_at=at,
            cancelled_at=at if is_void else None,
        )
        status = "cancelled" if is_void else "completed"
        for product_code, quantity, net in (
            ("sencha", n + 1, 4500 * (n + 1) - 100 * n),
            ("oolong", 1, 700),
        ):
            rows.append(
                f"{n},{name},{at:%Y-%m-%d},{product_code},{quantity},{net / 100:.2f},{status}"
            )
        if n in {3, 4}:
            gave_back(order, (1, "1", 4000), key=f"r{n}", returned_at=at + timedelta(days=2))
            later = at + timedelta(days=2)
            rows.append(f"{n},{name},{later:%Y-%m-%d},sencha,-1,-40.00,completed")
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(rows) + "\n")
    history = read_history(engine.connection, [file], options=ReadOptions(as_of=date(2026, 4, 1)))
    assert (history.rows_read, history.rows_put_aside) == (26, 0)
    from_file = nw.from_native(
        engine.connection.sql(
            "SELECT * REPLACE ((day - DATE '1970-01-01')::INTEGER AS day) FROM lines"
        )
    )
    engine.connection.register("book_lines", offered())
    by_file, by_book = customers(engine, from_file), customers(engine, engine.frame("book_lines"))
    # The order of the two customers may differ: their ids do.
    assert sorted(zip(*by_book.values(), strict=True)) == sorted(
        zip(*by_file.values(), strict=True)
    )
    assert sorted(by_book["n_days"]) == [4, 7]
