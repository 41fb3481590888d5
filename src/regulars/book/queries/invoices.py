"""What customers were asked to pay, and what they dispute."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Prefetch

from regulars.book.models import Customer, Dispute, Invoice
from regulars.book.queries.wholes import hanging_on


def invoices_of(customer: Customer, *, at_most: int = 100) -> list[Invoice]:
    """A customer's latest invoices with their disputes, the newest first; two statements."""
    disputes = Prefetch("disputes", Dispute.objects.order_by("opened_at"))
    newest = Invoice.objects.filter(hanging_on(customer)).order_by("-issued_on", "-pk")
    return list(newest.prefetch_related(disputes)[:at_most])


def overdue_invoices(on: date, *, at_most: int = 100) -> Sequence[Invoice]:
    """Invoices that were to be paid before a day and are not, the longest due first."""
    late = Invoice.objects.filter(paid_on=None, due_on__lt=on).select_related("customer__kept")
    return list(late.order_by("due_on", "pk")[:at_most])


def open_disputes(*, at_most: int = 100) -> Sequence[Dispute]:
    """Disputes that wait for an answer, the oldest first."""
    waiting = Dispute.objects.filter(resolved_at=None).select_related("invoice__customer__kept")
    return list(waiting.order_by("opened_at", "pk")[:at_most])
