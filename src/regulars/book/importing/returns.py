"""Returns from rows to the book: the rows of one return together, held against its order."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import duckdb
import pyarrow as pa

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.batches import Way
from regulars.book.importing.records import Row, customer_of, minor, post_records, utc
from regulars.book.models import Order, OrderLine, Product
from regulars.book.models.returns import ReturnReason
from regulars.book.services.bulk_orders import product_ids
from regulars.book.services.bulk_returns import add_returns, keep_return, known_returns
from regulars.book.told import LineBackTold, ReturnTold
from regulars.kit.progress import Progress

# What is given back of an order is held to what was bought, which one service does.
WAY: Way[ReturnTold] = Way(
    lambda told: told.source_key,
    known_returns,
    add_returns,
    keep_return,
    lambda told: told.order is None,
)
_REASONS = {reason.value: reason for reason in ReturnReason}
_LEAST = Decimal("0.001")


def post(
    con: duckdb.DuckDBPyConnection, asked: Asked, counts: Counts, progress: Progress
) -> Iterator[None]:
    """Take goods back."""

    def tell(rows: Sequence[Row]) -> Iterator[tuple[ReturnTold, int]]:
        products = _products(rows, asked.source)
        for _, group in groupby(rows, itemgetter("key")):
            lines = list(group)
            yield _told(lines, products, asked.source), len(lines)

    yield from post_records(
        con,
        asked,
        counts,
        progress,
        tell=tell,
        way=WAY,
        event_key="return:{}:1",
        needs_customer=False,
    )


def _products(rows: Sequence[Row], source: str) -> Mapping[str, str]:
    codes = pa.array([row["product"] for row in rows], pa.string())
    empty = pa.nulls(len(rows), pa.string())
    told = {"product_code": codes, "product_name": codes, "category_code": empty}
    return product_ids(pa.table(told), source)


def _told(rows: Sequence[Row], products: Mapping[str, str], source: str) -> ReturnTold:
    first = rows[0]
    order = Order.objects.get(pk=UUID(first["order_id"])) if first["order_id"] else None
    return ReturnTold(
        source=source,
        source_key=first["key"],
        returned_at=utc(first["returned"]),
        currency=order.currency if order else first["currency"],
        order=order,
        customer=customer_of(first) if first["customer"] else None,
        channel=(first["channel"] or "")[:20],
        reason=_REASONS.get(first["reason"] or "", ReturnReason.OTHER if first["reason"] else None),
        lines=_of_order(order, rows, products) if order else [_line(r, products) for r in rows],
    )


def _line(row: Row, products: Mapping[str, str]) -> LineBackTold:
    code = row["product"]
    return LineBackTold(
        refund_minor=abs(minor(row["paid_back"], row["currency"])),
        quantity=_quantity(row),
        product=Product(pk=UUID(products[code])) if code else None,
    )


def _quantity(row: Row) -> Decimal:
    return max(round(Decimal(repr(abs(row["quantity"] or 1.0))), 3), _LEAST)


def _of_order(order: Order, rows: Sequence[Row], products: Mapping[str, str]) -> list[LineBackTold]:
    """What came back of which line: of the one with the product; else of one after another."""
    lines = list(order.lines.order_by("position"))
    left = {line.pk: line.net_minor for line in lines}
    back: dict[int, LineBackTold] = {}
    for row in rows:
        refund = abs(minor(row["paid_back"], order.currency))
        code = row["product"]
        fits = [li for li in lines if not code or str(li.product_id) == products[code]]
        for nth, line in enumerate(fits):
            is_last = nth == len(fits) - 1
            part = refund if is_last else min(refund, left[line.pk])
            if part or is_last:
                _give_back(back, line, part, _quantity(row) if code else _share(line, part))
            left[line.pk] -= part
            refund -= part
            if not refund:
                break
        if not fits:  # refused with words by the service: it is not of this order
            return []
    return list(back.values())


def _give_back(
    back: dict[int, LineBackTold], line: OrderLine, refund: int, quantity: Decimal
) -> None:
    before = back.get(line.pk)
    back[line.pk] = LineBackTold(
        order_line=line,
        refund_minor=refund + (before.refund_minor if before else 0),
        quantity=quantity + (before.quantity if before else 0),
    )


def _share(line: OrderLine, part: int) -> Decimal:
    """How much of a line a refund stands for."""
    if not line.net_minor:
        return Decimal(line.quantity)
    share: Decimal = round(line.quantity * part / line.net_minor, 3)
    return max(share, _LEAST)
