from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from regulars.book.known import Known
from regulars.book.models import Customer, Event, Identity
from regulars.book.models.contact import ContactKind
from regulars.book.models.customer import IdentityKind, Relationship
from regulars.book.models.day import DayKind
from regulars.book.queries.customers import customer_known_by
from regulars.book.services import customers
from regulars.book.services.affiliations import Position, begin_affiliation
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.customers import (
    IdentityTaken,
    NotAnIdentity,
    add_identity,
    change_customer,
    remove_identity,
    take_down_customer,
)
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.erasing import erase_customer
from regulars.book.services.fitting import BadValue
from regulars.book.services.interests import Liking, note_interest
from regulars.book.services.notes import write_note
from regulars.book.services.telling import CustomerErased, SourceKeyTaken
from regulars.company.models import AuditEntry
from tests.support.cast import (
    at,
    audited,
    customer,
    everything,
    kinds_of,
    organisation,
    told,
    works_here,
)

EMAIL = Known(IdentityKind.EMAIL, " Ana@Example.ORG ")
PHONE = Known(IdentityKind.PHONE, "+46 70-123 45 67")
alone = pytest.mark.django_db


@alone
def test_what_is_given_changes_and_the_rest_stays_as_it_was():
    ana, cy = customer(), works_here("Cy")
    change_customer(ana, name=" 安娜 ", relationship=Relationship.PARTNER, **told(cy))
    ana.refresh_from_db()
    assert (ana.name, ana.relationship, ana.language) == ("安娜", "partner", "")
    change_customer(ana, language="sv", **told(cy))
    ana.refresh_from_db()
    assert (ana.name, ana.language) == ("安娜", "sv")
    assert kinds_of(ana) == ["customer.changed"] * 2
    assert audited() == [("customer.changed", cy.pk)] * 2


@alone
def test_neither_timeline_nor_audit_log_holds_the_name_or_what_one_is_known_by():
    ana, cy = customer(), works_here("Cy")
    change_customer(ana, name="Annika", **told(cy))
    add_identity(ana, EMAIL, **told(cy))
    remove_identity(ana, EMAIL, **told(cy))
    codes = list(Event.objects.order_by("position").values_list("codes", flat=True))[1:]
    email = {"identity": "email", "of": ""}
    assert codes == [{"fields": ["name"]}, email, email]
    written = str(list(Event.objects.values())) + str(list(AuditEntry.objects.values()))
    assert "annika" not in written.lower()
    assert "example.org" not in written


@alone
def test_the_same_change_told_again_and_one_that_changes_nothing_write_nothing():
    ana, once = customer(), told(key="once")
    change_customer(ana, name="Annika", **once)
    change_customer(ana, name="Ana", **told())
    before = everything()
    change_customer(ana, name="Annika", **once)
    change_customer(ana, name="Ana", **told())
    assert everything() == before


@alone
def test_an_identity_is_added_found_and_removed_each_once():
    ana, first, last = customer(), told(), told()
    for _ in range(2):
        add_identity(ana, EMAIL, **first)
    add_identity(ana, EMAIL, **told())
    assert customer_known_by(Known(IdentityKind.EMAIL, "ana@example.org")) == ana
    for _ in range(2):
        remove_identity(ana, EMAIL, **last)
    remove_identity(ana, PHONE, **told())
    assert customer_known_by(EMAIL) is None
    assert kinds_of(ana) == ["customer.identified", "customer.unidentified"]


@alone
@pytest.mark.parametrize(
    ("known", "refusal"),
    [
        (EMAIL, IdentityTaken),
        (Known(IdentityKind.PHONE, "0701234567"), NotAnIdentity),
        (Known(IdentityKind.EMAIL, "  "), NotAnIdentity),
        (Known(IdentityKind.EXTERNAL, "42"), NotAnIdentity),
        (Known(IdentityKind.EMAIL, "x" * 255), BadValue),
        (Known(IdentityKind.EXTERNAL, "4\0", "shop"), BadValue),
    ],
)
def test_a_refused_identity_changes_nothing(known, refusal):
    add_identity(customer("Ana"), EMAIL, **told())
    bo = customer("Bo")
    before = everything()
    with pytest.raises(refusal):
        add_identity(bo, known, **told())
    assert everything() == before


@alone
@pytest.mark.parametrize("wrong", [{"name": "x" * 201}, {"name": "a\0b"}, {"language": "x" * 21}])
def test_what_cannot_be_stored_is_refused_by_name(wrong):
    ana = customer()
    before = everything()
    with pytest.raises(BadValue, match=f"^{next(iter(wrong))} cannot be"):
        change_customer(ana, **wrong, **told())
    with pytest.raises(BadValue):
        take_down_customer(**{"name": "Bo"} | wrong, **told())
    assert everything() == before


@alone
def test_nothing_personal_is_written_down_of_somebody_who_was_erased():
    ana = customer()
    call = note_contact(ana, Met(ContactKind.CALL, at("2026-03-01 10:00")), **told())
    tea = organisation()
    erase_customer(ana, by=None)
    before = everything()
    day = Yearly(DayKind.BIRTHDAY, 3, 1)
    for write in (
        lambda: change_customer(ana, name="Ana", **told()),
        lambda: add_identity(ana, EMAIL, **told()),
        lambda: note_interest(ana, Liking("tea"), **told()),
        lambda: note_day(ana, day, **told()),
        lambda: begin_affiliation(ana, tea, Position(since_on=date(2026, 1, 1)), **told()),
        lambda: write_note(call, text="It was Ana.", by=None),
    ):
        with pytest.raises(CustomerErased):
            write()
    assert everything() == before


@alone
def test_a_key_that_stands_for_something_else_takes_nobody_down():
    ana, once = customer(), told()
    change_customer(ana, name="Annika", **once)
    with pytest.raises(SourceKeyTaken):
        take_down_customer(name="Bo", **once)
    assert Customer.objects.count() == 1


@alone
def test_who_takes_a_customer_down_is_noted():
    cy = works_here("Cy")
    take_down_customer(name="Ana", **told(cy))
    assert audited() == [("customer.made", cy.pk)]


def test_of_many_who_tell_the_same_at_once_all_get_the_one_customer(committed, monkeypatch):
    together, look = Barrier(6), customers._told_before

    def after_all_have_looked(source, source_key):
        if (found := look(source, source_key)) is None:
            together.wait(20)
        return found

    def tell(_):
        try:
            return take_down_customer(
                name="Ana", known_by=[EMAIL], source="shop", source_key="7", by=None
            ).pk
        finally:
            connection.close()

    monkeypatch.setattr(customers, "_told_before", after_all_have_looked)
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(tell, range(6)))) == 1
    assert (Customer.objects.count(), Identity.objects.count(), Event.objects.count()) == (1, 1, 1)
