"""Refunds told beside the amounts of orders, as returns of their orders.

Takes the table `refunded` of `intake.order_refunds`. Such a column tells a value, and seldom of
which line; nor when, so it is dated as the order is.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from itertools import batched, groupby
from operator import itemgetter
from typing import Any

import duckdb

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.batches import BATCH, Way, post_in_batches
from regulars.book.importing.refusals import put_refused_aside
from regulars.book.kept import Outcome
from regulars.book.models import Order, OrderLine, Return
from regulars.book.services.bulk_returns import add_returns, keep_return, known_returns
from regulars.book.told import LineBackTold, ReturnTold
from regulars.kit.errors import Refusal
from regulars.kit.progress import Progress
from regulars.kit.texts import N_

_KEY = "refund:"
_LEAST = Decimal("0.001")
# What is given back of an order is held to what was bought, which one service does.
WAY: Way[ReturnTold] = Way(
    lambda told: told.source_key, known_returns, add_returns, keep_return, lambda _: False
)


def refunded_before(con: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """Orders of which a part was refunded before, and which came to nothing since.

    They stand, and all of them is refunded: an order of which something came back is no longer
    cancelled.
    """
    void = con.sql("SELECT DISTINCT order_key FROM line WHERE cancelled_at IS NOT NULL").fetchall()
    before: list[str] = []
    for keys in batched((_KEY + key for (key,) in void), 5000):
        held = Return.objects.filter(source=source, source_key__in=keys)
        before += [key.removeprefix(_KEY) for key in held.values_list("source_key", flat=True)]
    return before


def versions(con: duckdb.DuckDBPyConnection, source: str) -> Mapping[str, int]:
    """Of the refunded orders that the book holds, how often each was changed."""
    found: dict[str, int] = {}
    for keys in batched(_refunded(con), 5000):
        held = Order.objects.filter(source=source, source_key__in=keys)
        found |= dict(held.values_list("source_key", "version"))
    return found


def _refunded(con: duckdb.DuckDBPyConnection) -> list[str]:
    keys = con.sql("SELECT DISTINCT order_key FROM refunded ORDER BY ALL").fetchall()
    return [key for (key,) in keys]


def post_refunds(
    con: duckdb.DuckDBPyConnection,
    asked: Asked,
    counts: Counts,
    before: Mapping[str, int],
    progress: Progress,
) -> Iterator[None]:
    """Take refunds back; a row whose refund is new or refused is no longer one already there.

    `before` has the versions of the orders before the rows were posted.
    """
    keys = _refunded(con)
    for nth, batch in enumerate(batched(keys, BATCH)):
        progress(N_("Writing returns into the book"), nth * BATCH / len(keys))
        orders = _orders(asked.source, batch)
        told = list(_told(con, asked.source, batch, orders))
        rows = _rows(con, batch)
        for done in post_in_batches(told, WAY):
            for back, outcome in done.stored:
                key = back.source_key.removeprefix(_KEY)
                if outcome is not Outcome.SAME and _outcome(key, before, orders) is Outcome.SAME:
                    counts.move(Outcome.SAME.value, Outcome.CHANGED.value, rows[key])
            refused = {
                back.source_key.removeprefix(_KEY): refusal for back, refusal in done.refused
            }
            for key in refused:
                counts.move(_outcome(key, before, orders).value, None, rows[key])
            _put_aside(con, refused)
        yield


def _orders(source: str, keys: Sequence[str]) -> Mapping[str, Order]:
    held = Order.objects.filter(source=source, source_key__in=keys).prefetch_related("lines")
    return {order.source_key: order for order in held}


def _rows(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> Mapping[str, int]:
    """How many rows tell each order."""
    return dict(
        con.execute(
            "SELECT order_key, count(*) FROM order_row WHERE (is_head OR NOT is_back) "
            "AND order_key IN (SELECT unnest(?)) GROUP BY ALL",
            [list(keys)],
        ).fetchall()
    )


def _outcome(key: str, before: Mapping[str, int], orders: Mapping[str, Order]) -> Outcome:
    """What became of the order's own rows."""
    if key not in before:
        return Outcome.NEW
    return Outcome.SAME if before[key] == orders[key].version else Outcome.CHANGED


def _told(
    con: duckdb.DuckDBPyConnection, source: str, keys: Sequence[str], orders: Mapping[str, Order]
) -> Iterator[ReturnTold]:
    rows = con.sql(
        "SELECT * FROM refunded WHERE order_key IN (SELECT unnest(?)) ORDER BY order_key, position",
        params=[list(keys)],
    ).to_arrow_table()
    for key, group in groupby(rows.to_pylist(), itemgetter("order_key")):
        if key not in orders:  # the book refused the order itself
            continue
        order, parts = orders[key], list(group)
        lines = {line.position: line for line in order.lines.all()}
        yield ReturnTold(
            source=source,
            source_key=_KEY + key,
            returned_at=parts[0]["placed_at"].replace(tzinfo=UTC),
            currency=order.currency,
            order=order,
            channel=order.channel,
            lines=[_line(lines[part["position"]], part) for part in parts],
            shipping_minor=parts[0]["shipping_minor"],
            tax_minor=parts[0]["tax_minor"],
        )


def _line(line: OrderLine, part: Mapping[str, Any]) -> LineBackTold:
    share = line.quantity * part["part"] / line.net_minor if line.net_minor else line.quantity
    quantity: Decimal = min(line.quantity, max(round(Decimal(share), 3), _LEAST))
    return LineBackTold(order_line=line, refund_minor=part["part"], quantity=quantity)


def _put_aside(con: duckdb.DuckDBPyConnection, refused: Mapping[str, Refusal]) -> None:
    put_refused_aside(
        con,
        refused,
        "SELECT order_key AS key, file, row FROM order_row WHERE is_head OR NOT is_back",
    )
