"""Promises of the book as a measure reads them, and what the measure says of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import narwhals as nw
import pytest
from django.utils import timezone

from regulars.book.models.promise import PromiseKind
from regulars.book.services.joining import join_customers
from regulars.book.services.promises import keep_promise, move_promise, withdraw_promise
from regulars.book.tables import PROMISE_SCHEMA, PROMISES, order_lines, promises
from regulars.intake.names import FIELDS
from regulars.intake.record_kinds import KINDS
from regulars.measure import rfm
from regulars.measure.engine import DuckEngine
from regulars.measure.promises import effect_of_breaking, follow
from tests.book.shop import bought, customer, line
from tests.support.cast import at, told
from tests.support.data import REAL, needs_real_data
from tests.support.importing import imported
from tests.support.promised import AFTER, BEFORE, LATER, promised

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MARCH_2 = (date(2026, 3, 2) - date(1970, 1, 1)).days
NOW = at("2026-03-20 12:00")


def offered(zone=STOCKHOLM, now=NOW):
    with promises(zone, now=now) as reader:
        assert reader.schema == PROMISE_SCHEMA
        return reader.read_all()


def keep(promise, kept_at):
    return keep_promise(promise, kept_at=kept_at, **told())


def only():
    (row,) = offered().to_pylist()
    return row


def how_it_went():
    row = only()
    return row["is_broken"], row["due_day"] - MARCH_2, row["days_late"]


def test_a_promise_is_offered_with_its_order():
    ana = customer()
    order = bought([line(discount=1000)], "1", customer=ana, branch="haga")
    made = keep(promised(ana, order=order), AFTER)
    assert only() == {
        "promise": str(made.pk),
        "customer": str(ana.pk),
        "kind": "delivery",
        "made_day": MARCH_2,
        "due_day": MARCH_2 + 3,
        "kept_day": MARCH_2 + 4,
        "days_late": 1,
        "is_broken": True,
        "is_withdrawn": False,
        "order_key": str(order.pk),
        "value_minor": 8_000,
        "currency": "SEK",
        "channel": "web",
        "branch": "haga",
    }


def test_a_call_back_hangs_on_no_order():
    promised(customer(), PromiseKind.CALL_BACK)
    row = only()
    names = ("order_key", "value_minor", "currency", "channel", "branch", "kept_day")
    assert row["kind"] == "call_back"
    assert {row[name] for name in names} == {None}


def test_kept_in_time_it_is_not_late():
    keep(promised(customer()), BEFORE)
    assert how_it_went() == (False, 3, None)


def test_overdue_it_is_broken_though_nobody_has_recorded_it():
    promised(customer())
    assert how_it_went() == (True, 3, None)
    assert offered(now=BEFORE)["is_broken"].to_pylist() == [False]


def test_moved_in_time_it_is_due_on_the_new_day():
    move_promise(promised(customer()), due_at=LATER, why="stock", moved_at=BEFORE, **told())
    assert how_it_went() == (True, 7, None)


def test_moved_after_it_was_broken_it_was_due_on_the_first_day():
    moved = move_promise(promised(customer()), due_at=LATER, why="stock", moved_at=AFTER, **told())
    keep(moved, at("2026-03-08 10:00"))
    assert how_it_went() == (True, 3, 3)


def test_withdrawn_in_time_nothing_was_broken():
    withdraw_promise(promised(customer()), why="other", withdrawn_at=BEFORE, **told())
    row = only()
    assert (row["is_withdrawn"], row["is_broken"]) == (True, False)


def test_days_are_those_of_the_company():
    promised(customer(), made_at=at("2026-03-01 23:30"), due_at=at("2026-03-02 23:30"))
    assert offered(STOCKHOLM)["due_day"].to_pylist() == [MARCH_2 + 1]
    assert offered(ZoneInfo("UTC"))["due_day"].to_pylist() == [MARCH_2]


def test_a_joined_customer_stands_for_both():
    ana, again = customer(), customer("Anna")
    promised(again)
    join_customers(ana, again, **told())
    assert only()["customer"] == str(ana.pk)


def test_an_empty_book_offers_no_promises():
    assert offered().num_rows == 0


def test_each_column_says_what_it_means_and_what_an_import_calls_it():
    fields = {*FIELDS, *(name for kind in KINDS.values() for name in kind.fields)}
    assert {column.field for column in PROMISES} <= fields
    assert all(column.meaning for column in PROMISES)


@pytest.fixture
def engine():
    with duckdb.connect() as connection:
        yield DuckEngine(connection)


def followed(engine, *, as_of):
    """What the measure takes, out of the book."""
    with order_lines(STOCKHOLM) as reader:
        engine.connection.register("lines", reader.read_all())
    engine.connection.register("promises", offered(now=timezone.now()))
    days = rfm.customer_days(engine.frame("lines")).filter(nw.col("n_purchases") > 0)
    return follow(engine.frame("promises"), days, as_of=as_of, engine=engine)


def test_the_measure_runs_on_the_book(engine):
    """Thirteen let down of whom three come back, thirteen not of whom nine do."""
    for n in range(26):
        is_late, is_back = n < 13, n in {0, 1, 2} or 13 <= n < 22
        who = customer(f"c{n}")
        at_ = datetime(2026, 1, 5, 12, tzinfo=UTC)
        order = bought([line()], f"{n}", customer=who, placed_at=at_)
        due = at_ + timedelta(days=3)
        made = promised(who, order=order, made_at=at_, due_at=due)
        keep(made, due + timedelta(days=2 if is_late else -1))
        if is_back:
            bought([line()], f"{n}b", customer=who, placed_at=due + timedelta(days=20))
    found = effect_of_breaking(followed(engine, as_of=MARCH_2 + 90))
    assert (found.n_broken, found.n_kept, found.n_matched) == (13, 13, 13)
    assert found.effect.broken_share.value == pytest.approx(3 / 13)
    assert found.effect.kept_share.value == pytest.approx(9 / 13)
    assert found.effect.difference.high < 0
    assert found.by_lateness[1].apart.difference.n == 13


@needs_real_data
def test_the_promises_of_olist_come_out_as_they_went_in(engine, tmp_path):
    """Imported, and read again: as many broken, as late, as the file says."""
    folder = REAL / "olist_partial"
    path = folder / "orders_first_9999.parquet"
    imported(tmp_path, path, kind="orders", source="olist", currency="BRL")
    imported(tmp_path, path, kind="promises", source="olist")
    engine.connection.register("book", offered(ZoneInfo("UTC"), now=timezone.now()))
    counted = """count(*) filter (is_broken), count(*) filter (is_broken and kept_day is not null),
        sum(days_late) from"""
    told_by_book = engine.connection.execute(f"select {counted} book").fetchall()
    told_by_file = engine.connection.execute(f"""
        with days as (select order_status, order_delivered_customer_date::date as kept_day,
            order_estimated_delivery_date::date as due_day from '{path}')
        select {counted} (select *, coalesce(kept_day > due_day, true) as is_broken,
            case when kept_day > due_day then kept_day - due_day end as days_late from days
            where kept_day is not null or order_status not in ('canceled', 'unavailable'))
        """).fetchall()
    assert told_by_book == told_by_file == [(857, 691, 7528)]
