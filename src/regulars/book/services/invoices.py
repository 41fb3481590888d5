"""Invoices are issued and paid."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regulars.book.kept import Kept, Outcome
from regulars.book.models import Invoice
from regulars.book.services.changes import brought_up, note_change, save_version
from regulars.book.services.lawful import lawful
from regulars.book.told import InvoiceTold


@transaction.atomic
def issue_invoice(told: InvoiceTold, *, by: UUID | None) -> Kept[Invoice]:
    """Keep an invoice as its source knows it. The same source and key again is the same invoice.

    A source that does not know of a payment does not undo one that was noted here.
    """
    header = header_of(told)
    with lawful(f"{told.source} {told.source_key}"):
        invoice, is_new = Invoice.objects.select_for_update().get_or_create(
            source=told.source, source_key=told.source_key, defaults=header
        )
        changed = brought_up(invoice, header)
        if changed:
            save_version(invoice, changed)
    if is_new:
        _note("invoice.issued", invoice, on=invoice.issued_on, by=by)
    elif changed:
        note_change(
            "invoice.changed",
            invoice,
            occurred_at=timezone.now(),
            by=by,
            amount_minor=invoice.amount_minor,
            codes={"changed": sorted(changed)},
        )
    is_paid = told.paid_on is not None and told.paid_on != invoice.paid_on
    if told.paid_on is not None and is_paid:
        _pay(invoice, on=told.paid_on, by=by)
    if is_new:
        return Kept(invoice, Outcome.NEW)
    return Kept(invoice, Outcome.CHANGED if changed or is_paid else Outcome.SAME)


@transaction.atomic
def mark_paid(invoice: Invoice, *, on: date, by: UUID | None) -> Kept[Invoice]:
    """Note the day an invoice was paid. A second time with the same day changes nothing."""
    locked = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if locked.paid_on == on:
        return Kept(locked, Outcome.SAME)
    _pay(locked, on=on, by=by)
    return Kept(locked, Outcome.CHANGED)


def _pay(invoice: Invoice, *, on: date, by: UUID | None) -> None:
    invoice.paid_on = on
    save_version(invoice, ["paid_on"])
    _note("invoice.paid", invoice, on=on, by=by)


def _note(kind: str, invoice: Invoice, *, on: date, by: UUID | None) -> None:
    note_change(kind, invoice, occurred_at=began(on), by=by, amount_minor=invoice.amount_minor)


def began(on: date) -> datetime:
    """When a day began, as the timeline holds what happened on it."""
    return datetime.combine(on, time.min, timezone.get_default_timezone())


def header_of(told: InvoiceTold) -> dict[str, Any]:
    """What the source owns of an invoice."""
    return {
        "customer": told.customer,
        "order": told.order,
        "number": told.number.strip(),
        "issued_on": told.issued_on,
        "due_on": told.due_on,
        "amount_minor": told.amount_minor,
        "currency": told.currency,
    }
