from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from regulars.book.models.invoice import DisputeReason
from regulars.book.queries import commerce_access as access
from regulars.book.services.disputes import open_dispute
from regulars.book.services.invoices import issue_invoice
from regulars.book.told import DisputeTold, InvoiceTold
from regulars.company.models import AuditEntry
from regulars.company.queries.access import NotAllowed
from regulars.company.rights import Action
from regulars.kit.ids import readable
from tests.book.shop import AT, bought, customer, gave_back, product, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def records():
    ana = customer()
    order = bought(customer=ana)
    invoice = issue_invoice(
        InvoiceTold(
            source="books",
            source_key="F1",
            customer=ana,
            number="F1",
            issued_on=date(2026, 3, 1),
            due_on=date(2026, 3, 31),
            amount_minor=100,
            currency="SEK",
        ),
        by=None,
    ).record
    told = DisputeTold(
        source="books",
        source_key="D1",
        invoice=invoice,
        opened_at=AT,
        reason=DisputeReason.OTHER,
    )
    return {
        "order": order,
        "return": gave_back(order, (1, "1", 1)),
        "invoice": invoice,
        "dispute": open_dispute(told, by=None).record,
        "product": product(),
    }


GETTERS = {
    "order": (access.order_for, "ord", Action.CHANGE_ORDERS),
    "return": (access.return_for, "ret", Action.CHANGE_ORDERS),
    "invoice": (access.invoice_for, "inv", Action.SEE_INVOICES),
    "dispute": (access.dispute_for, "dis", Action.DISPUTE_INVOICES),
    "product": (access.product_for, "prd", Action.SEE_FIGURES),
}
EVERY = pytest.mark.parametrize("kind", GETTERS)


@EVERY
def test_who_may_gets_it_and_the_reading_of_what_is_personal_is_noted(records, kind):
    getter, prefix, action = GETTERS[kind]
    cy, record = staff("Cy", "agent"), records[kind]
    assert getter(cy, readable(prefix, record.pk), to=action) == record
    noted = AuditEntry.objects.values_list("action", "staff_id", "subject_id")
    assert list(noted) == ([] if kind == "product" else [(f"{kind}.read", cy.pk, record.pk)])


@EVERY
def test_who_may_not_is_refused_and_nothing_is_noted(records, kind):
    getter, prefix, action = GETTERS[kind]
    for eli in (staff("Eli", "handler"), AnonymousUser()):
        with pytest.raises(NotAllowed):
            getter(eli, readable(prefix, records[kind].pk), to=action)
    assert not AuditEntry.objects.exists()


@EVERY
def test_an_id_that_is_nothing_of_this_kind_is_refused_as_not_there(records, kind):
    getter, prefix, action = GETTERS[kind]
    cy, other = staff("Cy", "agent"), records["order" if kind != "order" else "invoice"]
    for wanted in ("", "guessed", readable("cus", records[kind].pk), readable(prefix, other.pk)):
        with pytest.raises(access.NoSuchRecord) as refused:
            getter(cy, wanted, to=action)
        assert refused.value.code == f"no_such_{kind}"
    assert not AuditEntry.objects.exists()
