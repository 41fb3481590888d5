"""By inspection, so that an access function that is added later is held to it too."""

import ast
import inspect
from datetime import date
from pathlib import Path

import pytest

import regulars
from regulars.book.models.contact import ContactKind
from regulars.book.models.invoice import DisputeReason
from regulars.book.queries import access, commerce_access
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.disputes import open_dispute
from regulars.book.services.invoices import issue_invoice
from regulars.book.told import DisputeTold, InvoiceTold
from regulars.company.models import AuditEntry, Staff
from regulars.company.rights import Action, Role
from regulars.kit.ids import readable
from tests.book.shop import AT, bought, customer, gave_back, product
from tests.support.cast import told
from tests.support.promised import MADE, promised

NOT_PERSONAL = {"product_for"}
NOTED_AS = {"record_for": "customer.read"}
# What doors may ask of the book without an access function: it holds no personal data.
OPEN_QUERIES = {
    *("access", "commerce_access", "erasures", "event_counts", "lag"),
    *("key_access", "key_events"),  # by a key: held to it in tests/api/test_rights.py
}
OPEN_FUNCTIONS = {
    # These ask and note themselves, or are handed whom the others found: test_rights_copy.
    "held": {"held_for", "n_held", "person_sought_for"},
    "customers": {"n_customers"},
    "promises": {
        *("unrecorded_breaches", "Overdue", "promise_counts"),
        "promises_of",
        "listed_promises",
    },
    "search": {"find_customers", "Found"},
    "suggestions": {
        *("joins_to_decide", "suggestion_for", "n_joins_to_decide"),
        *("conflicts_to_decide", "n_conflicts_to_decide"),
        *("NoSuchSuggestion", "Suggested", "PREFIX"),
    },
    # The page of a customer, handed to it by `customer_for`: tests/board/test_board_pages.
    "story": {"story_of"},
    "orders": {"orders_of", "returns_of", "OrderSeen"},
    "contacts": {"contacts_of"},
    "consents": {"consents_of"},
    "days": {"days_of", "DayAhead"},
    "interests": {"interests_of"},
    "channels": {"habits_of"},
    "wholes": {"identities_of", "joins_of"},
}
DOORS = {
    name: function
    for module in (access, commerce_access)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_") and function.__module__ == module.__name__
}


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
    dispute = DisputeTold(
        source="books",
        source_key="D1",
        invoice=invoice,
        opened_at=AT,
        reason=DisputeReason.OTHER,
    )
    found = {
        "customer_for": ("cus", ana),
        "record_for": ("cus", ana),
        "promise_for": ("prm", promised(ana)),
        "contact_for": ("con", note_contact(ana, Met(ContactKind.CALL, MADE), **told())),
        "order_for": ("ord", order),
        "return_for": ("ret", gave_back(order, (1, "1", 1))),
        "invoice_for": ("inv", invoice),
        "dispute_for": ("dis", open_dispute(dispute, by=None).record),
        "product_for": ("prd", product()),
    }
    return ana, found


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_every_access_function_notes_what_was_read_by_whom_and_of_which_customer(records, name):
    ana, found = records
    dee = Staff.objects.create(name="Dee", email="dee@example.org", role=Role.OWNER)
    prefix, record = found[name]
    n_before = AuditEntry.objects.count()
    assert DOORS[name](dee, readable(prefix, record.pk), to=Action.SEE_CUSTOMERS) == record
    noted = list(AuditEntry.objects.order_by("pk"))[n_before:]
    if name in NOT_PERSONAL:
        assert noted == []
        return
    (entry,) = noted
    assert (entry.action, entry.staff_id) == (
        NOTED_AS.get(name, name.replace("_for", ".read")),
        dee.pk,
    )
    assert (entry.subject_id, entry.facts["to"]) == (record.pk, "see_customers")
    assert str(ana.pk) in (str(entry.subject_id), entry.facts.get("customer"))


def test_doors_ask_the_book_for_nothing_personal_but_by_an_access_function():
    asked = set()
    for door in ("api", "board", "cli", "jobs", "portal"):
        for file in (Path(regulars.__file__).parent / door).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module is not None:
                    _, _, module = node.module.partition("regulars.book.queries.")
                    asked |= {(module, each.name) for each in node.names if module}
    assert ("customers", "n_customers") in asked
    assert {
        (module, name)
        for module, name in asked
        if module not in OPEN_QUERIES and name not in OPEN_FUNCTIONS.get(module, ())
    } == set()
