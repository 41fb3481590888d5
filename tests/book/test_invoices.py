from datetime import date, timedelta

import pytest

from regulars.book.kept import Outcome
from regulars.book.models import Dispute, Invoice
from regulars.book.models.invoice import DisputeOutcome, DisputeReason
from regulars.book.queries.invoices import invoices_of, open_disputes, overdue_invoices
from regulars.book.services.disputes import (
    AlreadyDisputed,
    AlreadyResolved,
    open_dispute,
    resolve_dispute,
)
from regulars.book.services.invoices import issue_invoice, mark_paid
from regulars.book.services.lawful import AgainstTheRules
from regulars.book.told import DisputeTold, InvoiceTold
from regulars.company.models import AuditEntry
from tests.book.shop import AT, LATER, customer, happened, staff

pytestmark = pytest.mark.django_db
ISSUED, DUE = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def ana():
    return customer()


def told(ana, key="F1", **more):
    return InvoiceTold(
        **{"source": "books", "source_key": key, "customer": ana, "number": f"2026-{key}"}
        | {"issued_on": ISSUED, "due_on": DUE, "amount_minor": 125_000, "currency": "SEK"}
        | more
    )


def issued(ana, key="F1", **more):
    return issue_invoice(told(ana, key, **more), by=None).record


def disputed(invoice, key="D1", reason=DisputeReason.WRONG_AMOUNT, by=None):
    return open_dispute(
        DisputeTold(source="books", source_key=key, invoice=invoice, opened_at=AT, reason=reason),
        by=by,
    )


def test_an_invoice_is_issued_once_and_told_to_the_timeline(ana):
    assert issued(ana) == issued(ana)
    (event,) = happened("invoice.issued")
    assert (event.customer, event.amount_minor, event.currency) == (ana, 125_000, "SEK")
    assert event.occurred_at.date() == ISSUED
    assert event.codes == {}


def test_a_changed_invoice_is_brought_up_to_its_source_and_it_is_said(ana):
    issued(ana)
    kept = issue_invoice(told(ana, due_on=DUE + timedelta(days=10)), by=None)
    assert (kept.outcome, kept.record.due_on, kept.record.version) == (
        Outcome.CHANGED,
        date(2026, 4, 10),
        2,
    )
    assert [event.codes for event in happened("invoice.changed")] == [{"changed": ["due_on"]}]


def test_paying_is_noted_once(ana):
    invoice = issued(ana)
    paid = mark_paid(invoice, on=DUE, by=None)
    again = mark_paid(invoice, on=DUE, by=None)
    assert (paid.outcome, again.outcome) == (Outcome.CHANGED, Outcome.SAME)
    assert [event.occurred_at.date() for event in happened("invoice.paid")] == [DUE]


def test_a_source_that_does_not_know_of_a_payment_does_not_undo_it(ana):
    mark_paid(issued(ana), on=DUE, by=None)
    assert issue_invoice(told(ana), by=None).outcome is Outcome.SAME
    assert Invoice.objects.get().paid_on == DUE


def test_an_invoice_that_was_paid_when_it_was_told_has_both_events(ana):
    invoice = issued(ana, paid_on=DUE)
    assert invoice.paid_on == DUE
    assert [event.kind for event in happened("invoice.issued", "invoice.paid")] == [
        "invoice.issued",
        "invoice.paid",
    ]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"amount_minor": 0}, "invoice amount is positive"),
        ({"due_on": date(2026, 2, 28)}, "invoice is due after it was issued"),
        ({"number": " "}, "invoice source key and number are told"),
        ({"currency": "sek"}, "invoice currency is a code"),
    ],
)
def test_an_invoice_that_breaks_a_rule_is_refused_by_its_name(ana, more, rule):
    with pytest.raises(AgainstTheRules, match=rule):
        issued(ana, **more)
    assert not Invoice.objects.exists()


def test_a_change_that_breaks_a_rule_leaves_the_invoice_as_it_was(ana):
    issued(ana)
    with pytest.raises(AgainstTheRules):
        issued(ana, amount_minor=-1)
    assert (Invoice.objects.get().amount_minor, len(happened("invoice.changed"))) == (125_000, 0)


def test_a_dispute_is_opened_and_resolved_with_reason_and_outcome(ana):
    dee, invoice = staff("Dee", "manager"), issued(ana)
    dispute = disputed(invoice, by=dee.pk).record
    kept = resolve_dispute(dispute, at=LATER, outcome=DisputeOutcome.CREDITED, by=dee.pk)
    assert (kept.record.resolved_at, kept.record.outcome) == (LATER, "credited")
    opened, resolved = happened("invoice.disputed", "dispute.resolved")
    codes = {"invoice_id": str(invoice.pk), "reason": "wrong_amount"}
    assert (opened.codes, opened.occurred_at, opened.customer) == (codes, AT, ana)
    assert (resolved.codes, resolved.occurred_at) == (codes | {"outcome": "credited"}, LATER)
    assert [(entry.action, entry.staff_id) for entry in AuditEntry.objects.order_by("at")] == [
        ("invoice.disputed", dee.pk),
        ("dispute.resolved", dee.pk),
    ]


def test_a_dispute_told_again_or_resolved_again_is_the_same(ana):
    invoice = issued(ana)
    dispute = disputed(invoice).record
    assert disputed(invoice).outcome is Outcome.SAME
    for wanted in (Outcome.CHANGED, Outcome.SAME):
        kept = resolve_dispute(dispute, at=LATER, outcome=DisputeOutcome.REJECTED, by=None)
        assert kept.outcome is wanted
    assert disputed(invoice).outcome is Outcome.SAME
    assert len(happened("invoice.disputed", "dispute.resolved")) == 2


def test_a_second_dispute_waits_until_the_first_is_resolved(ana):
    invoice = issued(ana)
    first = disputed(invoice).record
    with pytest.raises(AlreadyDisputed, match="2026-F1"):
        disputed(invoice, key="D2")
    resolve_dispute(first, at=LATER, outcome=DisputeOutcome.WITHDRAWN, by=None)
    assert disputed(invoice, key="D2").outcome is Outcome.NEW


def test_what_was_resolved_is_not_resolved_otherwise(ana):
    dispute = disputed(issued(ana)).record
    resolve_dispute(dispute, at=LATER, outcome=DisputeOutcome.REJECTED, by=None)
    with pytest.raises(AlreadyResolved) as refused:
        resolve_dispute(dispute, at=LATER, outcome=DisputeOutcome.CREDITED, by=None)
    assert refused.value.facts == {"outcome": "rejected"}
    assert Dispute.objects.get().outcome == "rejected"


def test_a_dispute_does_not_end_before_it_began(ana):
    dispute = disputed(issued(ana)).record
    with pytest.raises(AgainstTheRules, match="resolved after it was opened"):
        resolve_dispute(
            dispute, at=AT - timedelta(seconds=1), outcome=DisputeOutcome.REJECTED, by=None
        )
    assert Dispute.objects.get().resolved_at is None


def test_what_is_overdue_is_what_was_not_paid_in_time(ana):
    late = issued(ana)
    issued(ana, "F2", paid_on=DUE)
    issued(ana, "F3", due_on=DUE + timedelta(days=30))
    assert list(overdue_invoices(DUE)) == []
    assert list(overdue_invoices(DUE + timedelta(days=1))) == [late]
    assert late.is_overdue(DUE + timedelta(days=1))
    assert not late.is_overdue(DUE)


def test_a_customer_s_invoices_come_with_their_disputes(ana, django_assert_num_queries):
    for n in range(3):
        disputed(issued(ana, f"F{n}", issued_on=ISSUED + timedelta(days=n)), key=f"D{n}")
    issued(customer("Bo"), "F9")
    with django_assert_num_queries(2):
        found = [(invoice.number, len(invoice.disputes.all())) for invoice in invoices_of(ana)]
    assert found == [("2026-F2", 1), ("2026-F1", 1), ("2026-F0", 1)]
    assert [dispute.source_key for dispute in open_disputes()] == ["D0", "D1", "D2"]
