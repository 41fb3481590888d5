import pytest

from regulars.book.models.contact import ContactKind, Direction
from regulars.book.queries.threads import organisations_on_one_thread, threads_of
from regulars.book.services.affiliations import Position, begin_affiliation, end_affiliation
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.joining import join_customers
from tests.book.shop import bought
from tests.support.cast import at, customer, organisation, told, works_here
from tests.support.promised import promised

pytestmark = pytest.mark.django_db
NOW = at("2026-11-21 12:00")


@pytest.fixture
def tehuset():
    return organisation("Tehuset")


def of(place, name):
    person = customer(name)
    begin_affiliation(person, place, Position(), **told())
    return person


def met(staff, person, when="2026-10-01 09:00"):
    kind = Met(ContactKind.VISIT, at(when), Direction.OUT, staff_id=staff.pk)
    note_contact(person, kind, **told())


def threads(place):
    return threads_of([place.pk], at=NOW)[place.pk]


def test_who_knows_whom_is_counted_from_contacts_promises_and_orders(tehuset):
    cy, dee = works_here("Cy"), works_here("Dee")
    ana, bo, eve = of(tehuset, "Ana"), of(tehuset, "Bo"), of(tehuset, "Eve")
    met(cy, ana)
    met(cy, ana, "2026-10-08 09:00")
    promised(bo, by=dee.pk, made_at=at("2026-03-02 09:00"))
    bought(key="1", customer=bo, by=cy.pk, placed_at=at("2026-05-02 09:00"))
    found = threads(tehuset)
    assert [(link.staff_id, link.person_id, link.n, link.last_at) for link in found.links] == [
        (cy.pk, ana.pk, 2, at("2026-10-08 09:00")),
        (cy.pk, bo.pk, 1, at("2026-05-02 09:00")),
        (dee.pk, bo.pk, 1, at("2026-03-02 09:00")),
    ]
    # Two here know two of the three there; without any one of them, others still meet.
    assert (found.n_here, found.n_there, found.n_people) == (2, 2, 3)
    assert not found.is_on_one_thread
    assert eve.pk not in {link.person_id for link in found.links}


@pytest.mark.parametrize(
    ("pairs", "hangs"),
    [
        ([], False),  # there is nothing that could end
        (["Cy Ana"], True),
        (["Cy Ana", "Cy Bo"], True),  # when Cy leaves
        (["Cy Ana", "Dee Ana"], True),  # when Ana leaves
        (["Cy Ana", "Dee Bo"], False),
        (["Cy Ana", "Cy Bo", "Dee Ana"], False),
    ],
)
def test_a_relationship_that_one_leaving_would_end_hangs_on_one_thread(tehuset, pairs, hangs):
    here = {name: works_here(name) for name in ("Cy", "Dee")}
    there = {name: of(tehuset, name) for name in ("Ana", "Bo")}
    for pair in pairs:
        staff, person = pair.split()
        met(here[staff], there[person])
    assert threads(tehuset).is_on_one_thread is hangs
    assert list(organisations_on_one_thread(at=NOW)) == ([tehuset.pk] if hangs else [])


def test_who_left_here_or_there_and_what_is_long_ago_is_no_thread(tehuset):
    cy, dee = works_here("Cy"), works_here("Dee")
    ana, bo = of(tehuset, "Ana"), of(tehuset, "Bo")
    met(cy, ana)
    met(dee, bo)
    met(dee, ana, "2025-11-20 09:00")
    assert (threads(tehuset).n_here, threads(tehuset).n_there) == (2, 2)
    end_affiliation(bo.affiliations.get(), until_on=at("2026-10-01 00:00").date(), **told())
    assert [link.staff_id for link in threads(tehuset).links] == [cy.pk]
    cy.is_active = False
    cy.save(update_fields=["is_active"])
    assert (threads(tehuset).links, threads(tehuset).is_on_one_thread) == ([], False)


def test_a_contact_with_the_organisation_itself_is_a_thread_to_it(tehuset):
    met(works_here("Cy"), tehuset)
    (link,) = threads(tehuset).links
    assert link.person_id == tehuset.pk


def test_records_of_one_person_or_organisation_are_one(tehuset):
    cy, dee, te = works_here("Cy"), works_here("Dee"), organisation("Te AB")
    ana, anna = of(tehuset, "Ana"), of(te, "Anna")
    met(cy, ana)
    met(dee, anna)
    join_customers(ana, anna, **told())
    join_customers(tehuset, te, **told())
    found = threads(te)
    assert (found.n_here, found.n_there, found.n_people) == (2, 1, 1)
    assert list(organisations_on_one_thread(at=NOW)) == [tehuset.pk]


def test_the_busiest_comes_first_and_the_number_of_statements_does_not_grow(
    django_assert_num_queries,
):
    cy, places = works_here("Cy"), [organisation(name) for name in ("A", "B", "C")]
    for n, place in enumerate(places, start=1):
        person = of(place, f"Person {n}")
        for day in range(n):
            met(cy, person, f"2026-10-0{day + 1} 09:00")
    with django_assert_num_queries(7):
        threads_of([place.pk for place in places], at=NOW)
    with django_assert_num_queries(8):
        found = organisations_on_one_thread(at=NOW)
    assert list(found) == [place.pk for place in reversed(places)]
