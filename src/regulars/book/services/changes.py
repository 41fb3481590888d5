"""Bringing a record up to what its source tells, and noting it: timeline, and audit if by staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from regulars.book.models import Erasure, Event, Invoice, Order, Return
from regulars.book.services.events import record_event
from regulars.company.services import audit


def note_change(
    kind: str,
    record: Order | Return | Invoice,
    *,
    occurred_at: datetime,
    by: UUID | None,
    amount_minor: int,
    codes: dict[str, Any] | None = None,
) -> Event:
    """Write what happened to a record. Its version makes the event's key, so each happens once."""
    subject = record._meta.model_name or ""
    if by is not None:
        audit.record(kind, by=by, subject_id=record.pk)
    return record_event(
        kind,
        customer=record.customer,
        occurred_at=occurred_at,
        source=record.source,
        source_key=f"{subject}:{record.source_key}:{record.version}",
        channel=getattr(record, "channel", ""),
        staff_id=by,
        subject=subject,
        subject_id=record.pk,
        amount_minor=amount_minor,
        currency=record.currency,
        codes=codes or {},
    )


def brought_up(record: Model, told: Mapping[str, Any]) -> list[str]:
    """Set the fields that a source tells otherwise than they stand; gives their names.

    What belongs to an erased customer stays nobody's: an old file does not give it back to them.
    """
    changed = [name for name, value in told.items() if getattr(record, name) != value]
    if "customer" in changed and _is_of_an_erased(record):
        changed.remove("customer")
    for name in changed:
        setattr(record, name, told[name])
    return changed


def _is_of_an_erased(record: Model) -> bool:
    customer_id: UUID | None = getattr(record, "customer_id", None)
    return customer_id is not None and Erasure.objects.filter(pk=customer_id).exists()


def save_version(record: Order | Return | Invoice, changed: list[str]) -> None:
    """Save the fields that changed, as the record's next version."""
    record.version += 1
    record.save(update_fields=[*changed, "version"])
