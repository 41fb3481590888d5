"""The copy of all that is held on a person: whole, in words, and noted."""

import json
from datetime import UTC, date, datetime

import pytest

from regulars.book.held import held_tables
from regulars.book.held_page import as_json, as_page
from regulars.book.known import Known
from regulars.book.models.consent import ConsentHow
from regulars.book.models.contact import ContactKind
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.access import customer_for
from regulars.book.queries.held import NobodySought, held_for, held_on, person_sought_for
from regulars.book.queries.search import find_customers
from regulars.book.services.consents import EVERYTHING, Act, give_consent
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.customers import take_down_customer
from regulars.book.services.interests import Liking, note_interest
from regulars.book.services.invoices import issue_invoice
from regulars.book.services.joining import join_customers
from regulars.book.services.notes import write_note
from regulars.book.told import InvoiceTold
from regulars.company.models import AuditEntry, Channel, Company
from regulars.company.queries.access import NotAllowed
from regulars.company.rights import Action
from regulars.kit.ids import readable
from tests.book.shop import bought, customer, gave_back
from tests.support.cast import everything, told, works_here
from tests.support.promised import MADE, promised

pytestmark = pytest.mark.django_db
MAIL = "ana@example.org"


@pytest.fixture
def ana():
    Company.objects.update(name="Tehuset", time_zone="Europe/Stockholm")
    Channel.objects.filter(code="web").update(name="our web shop")
    who = take_down_customer(
        name="Ana <b>Lind</b>",
        known_by=[Known(IdentityKind.EMAIL, MAIL), Known(IdentityKind.PHONE, "+46701234567")],
        language="sv",
        **told(),
    )
    order = bought(customer=who, placed_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    gave_back(order, (1, "1", 4000))
    note_interest(who, Liking("tea/green"), **told())
    give_consent(who, EVERYTHING, Act(ConsentHow.IN_PERSON), **told())
    write_note(note_contact(who, Met(ContactKind.CALL, MADE), **told()), text="secret", by=None)
    promised(who)
    invoice = InvoiceTold(
        source="books",
        source_key="F1",
        customer=who,
        number="F1",
        issued_on=date(2026, 3, 1),
        due_on=date(2026, 3, 31),
        amount_minor=123456,
        currency="JPY",
    )
    issue_invoice(invoice, by=None)
    return who


def tables(held):
    return json.loads(as_json(held))["tables"]


def test_every_declared_table_is_in_the_file_with_what_it_is_and_where_it_came_from(ana):
    found = tables(held_on(ana))
    assert list(found) == [table.name for table in held_tables()]
    assert all(part["title"] and part["origin"] for part in found.values())
    assert {row["value"] for row in found["identities"]["rows"]} == {MAIL, "+46701234567"}
    (order,) = found["orders"]["rows"]
    assert (order["net_minor"], order["currency"], order["placed_at"]) == (
        9000,
        "SEK",
        "2026-03-01T23:30:00Z",
    )
    assert found["notes"]["rows"][0]["text"] == "secret"
    assert len(found["consents"]["rows"]) == 6 * 4
    assert "customer.made" in {row["kind"] for row in found["events"]["rows"]}
    assert found["search_keys"]["rows"][0]["search_keys"]


def test_of_others_there_is_nothing(ana):
    bo = customer("Bo")
    note_interest(bo, Liking("coffee/dark"), **told())
    bought(customer=bo, key="7788")
    assert "coffee/dark" not in as_json(held_on(ana))
    assert "7788" not in as_json(held_on(ana))


def test_all_records_that_were_joined_are_in_it_whichever_was_asked_for(ana):
    again = customer("Anna")
    note_interest(again, Liking("coffee/dark"), **told())
    join_customers(ana, again, **told())
    again.refresh_from_db()
    for asked in (ana, again):
        held = held_on(asked)
        assert held.records == [readable("cus", each.pk) for each in (ana, again)]
        assert len(tables(held)["interests"]["rows"]) == 2


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("What we know about you", "SEK\xa090.00", "2 Mar 2026 00:30", "JPY\xa0123,456")),
        ("sv", ("Vad vi vet om dig", "SEK\xa090,00", "2 mars 2026 00:30", ">E-post<", ">Telefon<")),
        ("zh-hans", ("我们对您的了解", "SEK\xa090.00", "2026年3月2日 00:30", ">电话<")),
    ],
)  # fmt: skip
def test_the_page_says_it_in_words_days_and_money_of_the_language(ana, lang, words):
    page = as_page(held_on(ana), lang)
    for each in (*words, "our web shop", "<bdi>2</bdi>"):
        assert each in page, each
    assert "Ana &lt;b&gt;Lind&lt;/b&gt;" in page
    for code in ("in_person", "order.placed", "net_minor", "accuracy", "None", "http", "cdn"):
        assert code not in page.replace("http-equiv", "").replace("search_keys", ""), code


def test_who_has_seen_it_is_told_by_role_and_not_by_name(ana):
    dee, cy = works_here("Dee"), works_here("Cy")
    customer_for(dee, readable("cus", ana.pk), to=Action.SEE_CUSTOMERS)
    find_customers(cy, "lind")
    write_note(note_contact(ana, Met(ContactKind.CALL, MADE), **told(by=cy)), text="x", by=cy.pk)
    held = held_on(ana)
    seen = {(each.action, each.role) for each in held.seen}
    assert {("customer.read", "manager"), ("customer.searched", "agent")} <= seen
    assert ("contact.noted", "agent") in seen
    page = as_page(held, "en")
    assert "looked at it" in page
    assert "found you in a search" in page
    assert "Manager" in page
    assert "Dee" not in page
    assert "Cy" not in page


def test_giving_it_out_is_noted_and_stands_in_the_next_copy(ana):
    dee = works_here("Dee")
    held_for(dee, MAIL)
    noted = list(AuditEntry.objects.order_by("pk").values_list("action", "staff_id", "subject_id"))
    assert noted[-2:] == [("customer.read", dee.pk, ana.pk), ("customer.exported", dee.pk, ana.pk)]
    assert "made this copy" in as_page(held_on(ana), "en")


@pytest.mark.parametrize(
    "sought", ["ANA@example.org ", "+46 70-123 45 67", "070-1234567", "id", "uuid"]
)
def test_a_person_is_found_by_what_they_say_of_themselves(ana, sought):
    said = {"id": readable("cus", ana.pk), "uuid": str(ana.pk)}.get(sought, sought)
    assert person_sought_for(None, said, to=Action.ANSWER_RIGHTS) == ana


def test_nobody_is_found_by_a_part_and_nothing_is_noted(ana):
    before = everything()
    for sought in ("ana", "", "0701", "example.org", "cus_0"):
        with pytest.raises(NobodySought):
            held_for(None, sought)
    assert everything() == before


@pytest.mark.parametrize("name", ["Cy", "Eli"])
def test_whoever_may_not_answer_gets_nothing_and_nothing_is_noted(ana, name):
    who = works_here(name)
    before = everything()
    with pytest.raises(NotAllowed):
        held_for(who, MAIL)
    assert everything() == before


def test_the_number_of_statements_does_not_grow_with_what_is_held(
    ana, django_assert_max_num_queries
):
    for n in range(5):
        bought(customer=ana, key=f"more {n}")
    with django_assert_max_num_queries(len(held_tables()) + 8):
        held_on(ana)
