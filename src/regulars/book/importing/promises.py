"""Promises from rows to the book."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import duckdb

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.batches import Way
from regulars.book.importing.records import Row, customer_of, post_records, utc, utc_or_none
from regulars.book.models import Order
from regulars.book.models.promise import PromiseKind
from regulars.book.services.bulk_promises import (
    PromiseTold,
    add_promises,
    is_plain,
    keep_told_promise,
    known_promises,
)
from regulars.kit.progress import Progress

WAY = Way(lambda told: told.source_key, known_promises, add_promises, keep_told_promise, is_plain)
_KINDS = {kind.value: kind for kind in PromiseKind}


def post(
    con: duckdb.DuckDBPyConnection, asked: Asked, counts: Counts, progress: Progress
) -> Iterator[None]:
    """Make promises, and note which were kept, late or not, withdrawn or moved."""
    _put_void_aside(con)

    def tell(rows: Sequence[Row]) -> Iterator[tuple[PromiseTold, int]]:
        return ((_told(row, asked.source), 1) for row in rows)

    yield from post_records(
        con, asked, counts, progress, tell=tell, way=WAY, event_key="promise:{}"
    )


def _put_void_aside(con: duckdb.DuckDBPyConnection) -> None:
    """Nothing was promised any more where the order came to nothing before it was due."""
    test = "is_void AND kept IS NULL"
    con.execute(
        "INSERT INTO aside SELECT file, row, '', status, 'void_promise', NULL "
        f"FROM record WHERE {test}"
    )
    con.execute(f"DELETE FROM record WHERE {test}")


def _told(row: Row, source: str) -> PromiseTold:
    # A date promised for an order is one of delivery, unless the row says otherwise.
    plain = PromiseKind.DELIVERY if row["order_key"] else PromiseKind.OTHER
    return PromiseTold(
        source=source,
        source_key=row["key"],
        customer=customer_of(row),
        order=Order(pk=UUID(row["order_id"])) if row["order_id"] else None,
        kind=_KINDS.get(row["promise_kind"] or "", plain),
        made_at=utc(row["made"]),
        due_at=utc(row["due"]),
        kept_at=utc_or_none(row["kept"]),
        withdrawn_at=utc_or_none(row["withdrawn"]),
    )
