"""Rows of records other than orders and customers: whose they are, and into the book in batches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import batched
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.batches import BATCH, Way, post_in_batches
from regulars.book.importing.erased import drop_records
from regulars.book.importing.people import look_up, put_conflicts_aside
from regulars.book.importing.refusals import put_refused_aside
from regulars.book.kept import Outcome
from regulars.book.models import Customer, Order
from regulars.intake.money import exponent_of
from regulars.kit.progress import Progress
from regulars.kit.texts import N_

type Row = dict[str, Any]

_KEYS = {"external": "customer_id", "email": "email", "phone": "phone", "card": "card"}
_NAME = "coalesce(name, nullif(trim(concat_ws(' ', first_name, last_name)), ''))"


def post_records[T](
    con: duckdb.DuckDBPyConnection,
    asked: Asked,
    counts: Counts,
    progress: Progress,
    *,
    tell: Callable[[Sequence[Row]], Iterator[tuple[T, int]]],
    way: Way[T],
    event_key: str,
    needs_customer: bool = True,
) -> Iterator[None]:
    """Post the table `record`; `tell` makes of rows what the book takes, and of how many each.

    `event_key` is the form of the key by which the timeline knows such a record.
    """
    counts.add(Outcome.SAME.value, drop_records(con, asked.source, event_key))
    find_customers(con, asked, progress, needs_customer=needs_customer)
    rows = con.sql("SELECT * EXCLUDE conflict FROM record ORDER BY key, file, row").to_arrow_table()
    n_rows: dict[str, int] = {}
    told: list[T] = []
    for record, n in tell(rows.to_pylist()):
        told.append(record)
        n_rows[way.key(record)] = n
    for nth, done in enumerate(post_in_batches(told, way)):
        for record, outcome in done.stored:
            counts.add(outcome.value, n_rows[way.key(record)])
        put_refused_aside(
            con,
            {way.key(record): refusal for record, refusal in done.refused},
            "SELECT key, file, row FROM record",
        )
        progress(N_("Writing into the book"), nth * BATCH / max(len(told), 1))
        yield


def find_customers(
    con: duckdb.DuckDBPyConnection, asked: Asked, progress: Progress, *, needs_customer: bool
) -> None:
    """Add to each row of `record` its customer and order; rows without either go to `aside`."""
    _put_twice_told_aside(con)
    look_up(con, "record", _KEYS, asked=asked, progress=progress, name=_NAME)
    put_conflicts_aside(con, "record")
    con.execute("DELETE FROM record WHERE conflict IS NOT NULL")
    has_orders = "order_key" in con.sql("FROM record LIMIT 0").columns
    if has_orders:
        _find_orders(con, asked.source)
        unknown = "order_key IS NOT NULL AND order_id IS NULL"
        if needs_customer:  # known by their own keys, they need no order
            unknown += " AND customer IS NULL"
        _move_aside(con, "order_not_in_book", "order_key", unknown)
    _move_aside(con, "bad_phone", "phone", "customer IS NULL AND phone IS NOT NULL")
    if needs_customer:
        _move_aside(con, "no_customer", "''", "customer IS NULL")


def _put_twice_told_aside(con: duckdb.DuckDBPyConnection) -> None:
    """Only of a return do several rows make one record."""
    if "product" in con.sql("FROM record LIMIT 0").columns:
        return
    con.execute(
        "CREATE TEMP TABLE twice AS SELECT file, row FROM record "
        "QUALIFY row_number() OVER (PARTITION BY key ORDER BY file, row) > 1"
    )
    _move_aside(con, "told_twice", "key", "(file, row) IN (FROM twice)")
    con.execute("DROP TABLE twice")


def _move_aside(con: duckdb.DuckDBPyConnection, reason: str, value: str, test: str) -> None:
    con.execute(
        f"INSERT INTO aside SELECT file, row, '', {value}, '{reason}', NULL "
        f"FROM record WHERE {test}"
    )
    con.execute(f"DELETE FROM record WHERE {test}")


def _find_orders(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """Add `order_id`; whose an order is, is whose the row is where the row does not say."""
    keys = con.sql("SELECT DISTINCT order_key FROM record WHERE order_key IS NOT NULL").fetchall()
    found: list[tuple[str, UUID, UUID | None]] = []
    for batch in batched((key for (key,) in keys), 5000):
        orders = Order.objects.filter(source=source, source_key__in=batch)
        found += orders.values_list("source_key", "pk", "customer_id")
    in_book = pa.table(
        {
            "order_key": pa.array([key for key, _, _ in found], pa.string()),
            "order_id": pa.array([str(pk) for _, pk, _ in found], pa.string()),
            "owner": pa.array([str(pk) if pk else None for *_, pk in found], pa.string()),
        }
    )
    con.register("in_book", in_book)
    con.execute(
        "CREATE OR REPLACE TABLE record AS SELECT r.* REPLACE (coalesce(customer, owner) AS "
        "customer), order_id FROM record r LEFT JOIN in_book USING (order_key)"
    )
    con.unregister("in_book")


def customer_of(row: Row) -> Customer:
    """The customer of a row, as what others point to."""
    return Customer(pk=UUID(row["customer"]))


def utc(at: datetime) -> datetime:
    """A moment of a row with its zone."""
    return at.replace(tzinfo=UTC)


def utc_or_none(at: datetime | None) -> datetime | None:
    """The same, where it need not be told."""
    return utc(at) if at else None


def minor(amount: float, currency: str) -> int:
    """A sum in minor units, halves to the even one."""
    return round(Decimal(repr(amount)).scaleb(exponent_of(currency)))


def seconds(row: Row, names: Mapping[str, int]) -> int | None:
    """A length of time in seconds, from the first of the columns that says one."""
    told = [row[name] * factor for name, factor in names.items() if row[name] is not None]
    return round(told[0]) if told else None
