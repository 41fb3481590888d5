"""Orders and what came back of them, from rows to the book."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import duckdb

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.batches import Way, post_in_batches
from regulars.book.importing.erased import forget_in_orders
from regulars.book.importing.people import look_up, put_conflicts_aside
from regulars.book.importing.refunds import post_refunds, refunded_before, versions
from regulars.book.importing.refusals import put_refused_aside
from regulars.book.models import Customer, Product
from regulars.book.models.customer import IdentityKind
from regulars.book.services.bulk_orders import OrderSource, Posted, post_orders, product_ids
from regulars.book.services.bulk_returns import add_returns, keep_return, known_returns
from regulars.book.told import LineBackTold, ReturnTold
from regulars.intake.order_lines import PARTS, lines_reader, make_lines
from regulars.intake.order_refunds import make_refunded
from regulars.intake.order_rows import keep_orders_whole
from regulars.kit.progress import Progress
from regulars.kit.texts import N_

_KEYS = ("external", "email", "phone", "card")
_COLUMNS = {key: key for key in _KEYS}
RETURNS = Way(lambda told: told.source_key, known_returns, add_returns, keep_return)


def post(
    con: duckdb.DuckDBPyConnection, asked: Asked, counts: Counts, progress: Progress
) -> Iterator[None]:
    """Write the rows; counts are brought up after each commit."""
    source, customer, found = _customers(con, asked, progress)
    make_lines(con)
    make_refunded(con, stand=refunded_before(con, asked.source))
    before = versions(con, asked.source)
    yield from _orders(con, source, customer, found, counts, progress)
    yield from post_refunds(con, asked, counts, before, progress)
    yield from _returns(con, asked, counts, progress)


def _customers(
    con: duckdb.DuckDBPyConnection, asked: Asked, progress: Progress
) -> tuple[OrderSource, str, str]:
    """By what the orders name customers: one key the posting looks up itself, or found before."""
    forget_in_orders(con, asked.source)
    ((*told,),) = con.sql(
        f"SELECT {', '.join(f'count({key})' for key in _KEYS)} FROM order_row"
    ).fetchall()
    kinds = [key for key, n in zip(_KEYS, told, strict=True) if n]
    if kinds in (["external"], ["email"], ["card"], []):
        kind = IdentityKind(kinds[0] if kinds else "external")
        return OrderSource(name=asked.source, customers_by=kind), kind.value, "NULL"
    look_up(con, "order_row", _COLUMNS, asked=asked, progress=progress)
    put_conflicts_aside(con, "order_row")
    # Nobody else is told: without this the order would be an anonymous sale for good.
    unknown = "customer IS NULL AND conflict IS NULL AND phone IS NOT NULL"
    con.execute(
        "INSERT INTO aside SELECT file, row, 'phone', phone, 'bad_phone', NULL FROM order_row "
        f"WHERE {unknown}"
    )
    con.execute(
        "UPDATE order_row SET problem = "
        f"coalesce(conflict, CASE WHEN {unknown} THEN 'bad_phone' END)"
    )
    keep_orders_whole(con)
    return OrderSource(name=asked.source), "external", "customer"


def _orders(
    con: duckdb.DuckDBPyConnection,
    source: OrderSource,
    customer: str,
    found: str,
    counts: Counts,
    progress: Progress,
) -> Iterator[None]:
    ((n_rows,),) = con.sql("SELECT count(*) FROM order_row WHERE is_head OR NOT is_back").fetchall()
    before = Posted()
    posted = Posted()
    lines = lines_reader(con, customer=customer, found=found)
    for posted in post_orders(lines, source=source):
        for outcome in ("new", "same", "changed"):
            n = getattr(posted, f"n_{outcome}")
            counts.add(outcome, (n - getattr(before, f"n_{outcome}")) // PARTS)
            setattr(before, f"n_{outcome}", n)
        progress(N_("Writing orders into the book"), posted.n_read / max(n_rows * PARTS, 1))
        yield
    refused = {key: refusal for key, _, refusal in posted.refused}
    con.execute("DELETE FROM refunded WHERE order_key IN (SELECT unnest(?))", [list(refused)])
    put_refused_aside(
        con,
        refused,
        "SELECT order_key AS key, file, row FROM order_row WHERE is_head OR NOT is_back",
    )


def _returns(
    con: duckdb.DuckDBPyConnection, asked: Asked, counts: Counts, progress: Progress
) -> Iterator[None]:
    """What came back: one return a document, or a row where none is named."""
    ((n_rows,),) = con.sql("SELECT count(*) FROM back").fetchall()
    if not n_rows:
        return
    if "customer" not in con.sql("FROM back LIMIT 0").columns:
        look_up(con, "back", _COLUMNS, asked=asked, progress=progress)
    progress(N_("Writing returns into the book"), None)
    for done in post_in_batches(_told(con, asked.source), RETURNS):
        for told, outcome in done.stored:
            counts.add(outcome, len(told.lines))
        put_refused_aside(
            con,
            {told.source_key: refusal for told, refusal in done.refused},
            "SELECT order_key AS key, file, row FROM back",
        )
        yield


def _told(con: duckdb.DuckDBPyConnection, source: str) -> Iterator[ReturnTold]:
    """Returns as the service takes them, the rows of one document together."""
    rows = con.sql(
        "SELECT order_key, customer, placed_at, channel, currency, product_code, product_name, "
        "category AS category_code, quantity::DECIMAL(12, 3) AS quantity, refund_minor FROM back "
        "ORDER BY order_key, product_code NULLS LAST, quantity, refund_minor, file, row"
    ).to_arrow_table()
    products = product_ids(rows, source)
    for key, lines in groupby(rows.to_pylist(), itemgetter("order_key")):
        told = list(lines)
        first = told[0]
        yield ReturnTold(
            source=source,
            source_key=key,
            returned_at=first["placed_at"].replace(tzinfo=UTC),
            currency=first["currency"],
            customer=Customer(pk=UUID(first["customer"])) if first["customer"] else None,
            channel=first["channel"] or "",
            lines=[_line(line, products) for line in told],
        )


def _line(line: Mapping[str, Any], products: Mapping[str, str]) -> LineBackTold:
    code = line["product_code"]
    return LineBackTold(
        refund_minor=line["refund_minor"],
        quantity=line["quantity"],
        product=Product(pk=UUID(products[code])) if code else None,
    )
