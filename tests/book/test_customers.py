import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from regulars.book.known import Known
from regulars.book.models import Customer, Event, Identity
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.access import NoSuchCustomer, customer_for
from regulars.book.queries.customers import customer_known_by
from regulars.book.services.customers import IdentityTaken, take_down_customer
from regulars.company.models import AuditEntry, Staff
from regulars.company.queries.access import NotAllowed
from regulars.company.rights import Action, Role
from regulars.kit.ids import readable

pytestmark = pytest.mark.django_db
EMAIL = Known(IdentityKind.EMAIL, " Ana@Example.ORG ")


def take_down(name="Ana", key="1", known_by=(EMAIL,)):
    return take_down_customer(name=name, known_by=known_by, source="desk", source_key=key, by=None)


def test_a_customer_is_found_by_e_mail_however_it_is_written():
    ana = take_down()
    assert customer_known_by(Known(IdentityKind.EMAIL, "ANA@example.org")) == ana
    assert customer_known_by(Known(IdentityKind.EMAIL, "bo@example.org")) is None


def test_the_same_source_and_key_takes_down_one_customer():
    assert take_down() == take_down()
    assert (Customer.objects.count(), Event.objects.count()) == (1, 1)


def test_an_identity_of_somebody_else_is_refused_and_nobody_is_taken_down():
    take_down()
    with pytest.raises(IdentityTaken):
        take_down(name="Bo", key="2")
    assert [customer.name for customer in Customer.objects.all()] == ["Ana"]
    assert Event.objects.count() == 1


def test_the_timeline_holds_neither_name_nor_contact():
    take_down()
    (event,) = Event.objects.values()
    assert event["kind"] == "customer.made"
    assert "ana" not in str(event).lower()


@pytest.mark.parametrize(
    ("kind", "source", "value", "law"),
    [
        ("email", "", "Ana@example.org", "identity_email_is_written_small"),
        ("phone", "", "0701234567", "identity_phone_is_international"),
        ("external", "", "42", "identity_source_is_named_where_external"),
        ("email", "shop", "ana@example.org", "identity_source_is_named_where_external"),
        ("face", "", "x", "identity_kind_is_known"),
    ],
)
def test_the_database_itself_refuses_an_identity_written_wrong(kind, source, value, law):
    ana = take_down(known_by=())
    with pytest.raises(IntegrityError, match=law):
        Identity.objects.create(customer=ana, kind=kind, source=source, value=value)


@pytest.mark.parametrize(
    "statement", ["UPDATE book_event SET kind = 'other'", "DELETE FROM book_event"]
)
def test_what_happened_cannot_be_changed(statement):
    take_down()
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="append-only"):
        cursor.execute(statement)


@pytest.fixture
def staff():
    return lambda role: Staff.objects.create(name=role, email=f"{role}@example.org", role=role)


def test_a_customer_is_seen_by_who_may_and_it_is_noted(staff):
    ana, cy = take_down(), staff(Role.AGENT)
    assert customer_for(cy, readable("cus", ana.pk), to=Action.SEE_CUSTOMERS) == ana
    (entry,) = AuditEntry.objects.filter(action="customer.read")
    assert (entry.staff_id, entry.subject_id) == (cy.pk, ana.pk)


def test_an_analyst_sees_no_customer_and_nothing_is_noted(staff):
    ana = take_down()
    with pytest.raises(NotAllowed):
        customer_for(staff(Role.ANALYST), readable("cus", ana.pk), to=Action.SEE_CUSTOMERS)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("wanted", ["cus_guessed", "cus_" + "0" * 26, "ord_" + "0" * 26, ""])
def test_an_id_that_is_nobody_s_is_refused(staff, wanted):
    with pytest.raises(NoSuchCustomer):
        customer_for(staff(Role.AGENT), wanted, to=Action.SEE_CUSTOMERS)
