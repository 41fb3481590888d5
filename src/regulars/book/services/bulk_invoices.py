"""Invoices by the thousand: what is new in a few statements, what changed through the service."""

from collections.abc import Mapping, Sequence
from datetime import date

from regulars.book.kept import Outcome
from regulars.book.models import Event, Invoice
from regulars.book.services.invoices import began, header_of, issue_invoice
from regulars.book.told import InvoiceTold


def known_invoices(told: Sequence[InvoiceTold]) -> Mapping[str, bool]:
    """Of some invoices of one source those the book holds, and whether in the same words."""
    wanted = {each.source_key: each for each in told}
    held = Invoice.objects.filter(source=told[0].source, source_key__in=wanted)
    return {invoice.source_key: _is_same(invoice, wanted[invoice.source_key]) for invoice in held}


def _is_same(invoice: Invoice, told: InvoiceTold) -> bool:
    header = header_of(told)
    for name in ("customer", "order"):
        value = header.pop(name)
        if getattr(invoice, f"{name}_id") != (value.pk if value else None):
            return False
    return told.paid_on in (None, invoice.paid_on) and all(
        getattr(invoice, name) == value for name, value in header.items()
    )


def add_invoices(told: Sequence[InvoiceTold]) -> None:
    """Write invoices that the book does not hold, and which of them were paid."""
    made = [
        Invoice(
            source=each.source,
            source_key=each.source_key,
            paid_on=each.paid_on,
            version=1 if each.paid_on is None else 2,
            **header_of(each),
        )
        for each in told
    ]
    Invoice.objects.bulk_create(made)
    Event.objects.bulk_create(
        [_event("invoice.issued", invoice, invoice.issued_on, 1) for invoice in made]
        + [
            _event("invoice.paid", invoice, invoice.paid_on, 2)
            for invoice in made
            if invoice.paid_on is not None
        ]
    )


def _event(kind: str, invoice: Invoice, on: date, version: int) -> Event:
    return Event(
        kind=kind,
        customer_id=invoice.customer_id,
        occurred_at=began(on),
        source=invoice.source,
        source_key=f"invoice:{invoice.source_key}:{version}",
        subject="invoice",
        subject_id=invoice.pk,
        amount_minor=invoice.amount_minor,
        currency=invoice.currency,
    )


def keep_invoice(told: InvoiceTold) -> Outcome:
    """Keep one; gives what became of it."""
    return issue_invoice(told, by=None).outcome
