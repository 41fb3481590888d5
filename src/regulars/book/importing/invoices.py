"""Invoices from rows to the book."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import duckdb

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.batches import Way
from regulars.book.importing.records import Row, customer_of, minor, post_records
from regulars.book.models import Order
from regulars.book.services.bulk_invoices import add_invoices, keep_invoice, known_invoices
from regulars.book.told import InvoiceTold
from regulars.kit.progress import Progress

WAY = Way(lambda told: told.source_key, known_invoices, add_invoices, keep_invoice)


def post(
    con: duckdb.DuckDBPyConnection, asked: Asked, counts: Counts, progress: Progress
) -> Iterator[None]:
    """Issue invoices, and note which were paid."""

    def tell(rows: Sequence[Row]) -> Iterator[tuple[InvoiceTold, int]]:
        return ((_told(row, asked.source), 1) for row in rows)

    yield from post_records(
        con, asked, counts, progress, tell=tell, way=WAY, event_key="invoice:{}:1"
    )


def _told(row: Row, source: str) -> InvoiceTold:
    return InvoiceTold(
        source=source,
        source_key=row["key"],
        customer=customer_of(row),
        order=Order(pk=UUID(row["order_id"])) if row["order_id"] else None,
        number=row["invoice_key"][:60],
        issued_on=row["issued_on"],
        due_on=row["pay_by_on"],
        paid_on=row["paid_on"],
        amount_minor=minor(row["total"], row["currency"]),
        currency=row["currency"],
    )
