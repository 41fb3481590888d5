"""Invoices are disputed, and the disputes resolved."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.book.kept import Kept, Outcome
from regulars.book.models import Dispute, Invoice
from regulars.book.models.invoice import DisputeOutcome
from regulars.book.services.events import record_event
from regulars.book.services.lawful import lawful
from regulars.book.told import DisputeTold
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class AlreadyDisputed(Refusal):
    """One dispute of this invoice is open."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "already_disputed",
            N_("The invoice {number} is disputed already."),
            N_("Go on with the dispute that is open, or resolve it first."),
            number=number,
        )


class AlreadyResolved(Refusal):
    """The dispute ended in another way."""

    def __init__(self, outcome: str) -> None:
        super().__init__(
            "already_resolved",
            N_("This dispute was resolved before, with another outcome."),
            N_("Open another dispute of the invoice if the customer still does not agree."),
            outcome=outcome,
        )


@transaction.atomic
def open_dispute(told: DisputeTold, *, by: UUID | None) -> Kept[Dispute]:
    """Note that a customer does not agree. The same source and key again is the same dispute."""
    # The invoice is the lock: one dispute of it is open at a time.
    invoice = Invoice.objects.select_for_update().get(pk=told.invoice.pk)
    there = Dispute.objects.filter(source=told.source, source_key=told.source_key).first()
    if there is not None:
        return Kept(there, Outcome.SAME)
    if invoice.disputes.filter(resolved_at=None).exists():
        raise AlreadyDisputed(invoice.number)
    with lawful(f"{told.source} {told.source_key}"):
        dispute = Dispute.objects.create(
            invoice=invoice,
            reason=told.reason,
            opened_at=told.opened_at,
            source=told.source,
            source_key=told.source_key,
        )
    _note("invoice.disputed", dispute, at=dispute.opened_at, by=by, reason=dispute.reason)
    return Kept(dispute, Outcome.NEW)


@transaction.atomic
def resolve_dispute(
    dispute: Dispute, *, at: datetime, outcome: DisputeOutcome, by: UUID | None
) -> Kept[Dispute]:
    """End a dispute. A second time with the same outcome changes nothing."""
    locked = (
        Dispute.objects.select_for_update(of=("self",))
        .select_related("invoice__customer")
        .get(pk=dispute.pk)
    )
    if locked.outcome == outcome:
        return Kept(locked, Outcome.SAME)
    if locked.outcome:
        raise AlreadyResolved(locked.outcome)
    locked.resolved_at, locked.outcome = at, outcome.value
    with lawful(f"{locked.source} {locked.source_key}"):
        locked.save(update_fields=["resolved_at", "outcome"])
    _note("dispute.resolved", locked, at=at, by=by, reason=locked.reason, outcome=locked.outcome)
    return Kept(locked, Outcome.CHANGED)


def _note(kind: str, dispute: Dispute, *, at: datetime, by: UUID | None, **codes: str) -> None:
    if by is not None:
        audit.record(kind, by=by, subject_id=dispute.pk)
    invoice = dispute.invoice
    record_event(
        kind,
        customer=invoice.customer,
        occurred_at=at,
        source=dispute.source,
        source_key=f"{kind}:{dispute.source_key}",
        staff_id=by,
        subject="dispute",
        subject_id=dispute.pk,
        amount_minor=invoice.amount_minor,
        currency=invoice.currency,
        codes=codes | {"invoice_id": str(invoice.pk)},
    )
