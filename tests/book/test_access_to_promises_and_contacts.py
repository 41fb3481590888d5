import pytest
from django.contrib.auth.models import AnonymousUser

from regulars.book.models.contact import ContactKind
from regulars.book.queries.access import (
    NoSuchContact,
    NoSuchPromise,
    contact_for,
    promise_for,
)
from regulars.book.services.contacts import Met, note_contact
from regulars.company.models import AuditEntry
from regulars.company.queries.access import NotAllowed
from regulars.company.rights import Action
from regulars.kit.ids import readable
from tests.support.cast import audited, customer, told, works_here
from tests.support.promised import MADE, promised

pytestmark = pytest.mark.django_db
DOORS = [
    pytest.param("promise", promise_for, NoSuchPromise, id="promise"),
    pytest.param("contact", contact_for, NoSuchContact, id="contact"),
]


@pytest.fixture
def held():
    """(readable id, what it is the id of) by name."""
    ana = customer()
    call = note_contact(ana, Met(ContactKind.CALL, MADE), **told())
    promise = promised(ana)
    return {
        "promise": (readable("prm", promise.pk), promise),
        "contact": (readable("con", call.pk), call),
    }


@pytest.mark.parametrize(("name", "door", "refusal"), DOORS)
def test_who_may_gets_it_with_its_customer_and_the_reading_is_noted(
    held, name, door, refusal, django_assert_num_queries
):
    cy, (written, wanted) = works_here("Cy"), held[name]
    # Of a contact it is asked first whether the use of their data is restricted.
    with django_assert_num_queries(3 if name == "contact" else 2):
        found = door(cy, written, to=Action.MAKE_PROMISES)
        assert (found, found.customer.name) == (wanted, "Ana")
    assert audited() == [(f"{name}.read", cy.pk)]
    assert AuditEntry.objects.get().subject_id == wanted.pk


@pytest.mark.parametrize(("name", "door", "refusal"), DOORS)
def test_who_may_not_is_refused_and_nothing_is_noted(held, name, door, refusal):
    for somebody in (works_here("Eli"), AnonymousUser()):
        with pytest.raises(NotAllowed):
            door(somebody, held[name][0], to=Action.MAKE_PROMISES)
    assert audited() == []


@pytest.mark.parametrize(("name", "door", "refusal"), DOORS)
def test_an_id_of_nothing_or_of_something_else_is_refused(held, name, door, refusal):
    cy = works_here("Cy")
    others = [written for other, (written, _) in held.items() if other != name]
    for wrong in (*others, "", "prm_guessed", "con_" + "0" * 26, "prm_" + "0" * 26):
        with pytest.raises(refusal):
            door(cy, wrong, to=Action.MAKE_PROMISES)
    assert audited() == []
