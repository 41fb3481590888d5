from datetime import date

import pytest
from django.db.utils import IntegrityError

from regulars.book.models import Affiliation
from regulars.book.queries.affiliations import organisations_of, people_of
from regulars.book.services.affiliations import (
    AlreadyEnded,
    AlreadyThere,
    EndsBeforeItBegan,
    NotSuchAPair,
    Position,
    begin_affiliation,
    end_affiliation,
)
from regulars.book.services.fitting import BadValue
from regulars.book.services.telling import SourceKeyTaken
from tests.support.cast import (
    audited,
    customer,
    everything,
    kinds_of,
    organisation,
    told,
    works_here,
)

pytestmark = pytest.mark.django_db
BUYER = Position(role="buyer", title="Head of purchasing", since_on=date(2024, 5, 1))


def test_people_of_an_organisation_are_found_from_both_sides(django_assert_num_queries):
    ana, bo, tehuset = customer(), customer("Bo"), organisation()
    for person in (bo, ana):
        begin_affiliation(person, tehuset, BUYER, **told())
    with django_assert_num_queries(2):
        assert [found.person.name for found in people_of(tehuset)] == ["Ana", "Bo"]
    with django_assert_num_queries(2):
        assert [found.organisation.name for found in organisations_of(ana)] == ["Tehuset"]


def test_who_left_is_listed_no_more_and_may_come_back():
    ana, tehuset = customer(), organisation()
    was = begin_affiliation(ana, tehuset, BUYER, **told())
    end_affiliation(was, until_on=date(2026, 6, 30), **told())
    assert people_of(tehuset) == []
    begin_affiliation(ana, tehuset, Position(since_on=date(2026, 9, 1)), **told())
    assert [found.since_on for found in people_of(tehuset)] == [date(2026, 9, 1)]
    assert kinds_of(ana) == ["affiliation.begun", "affiliation.ended", "affiliation.begun"]


def test_told_twice_it_is_one():
    ana, tehuset, same = customer(), organisation(), told(key="same")
    assert begin_affiliation(ana, tehuset, BUYER, **same) == begin_affiliation(
        ana, tehuset, BUYER, **same
    )
    (one,) = Affiliation.objects.all()
    ending = told()
    end_affiliation(one, until_on=date(2026, 6, 30), **ending)
    end_affiliation(one, until_on=date(2026, 7, 31), **ending)
    one.refresh_from_db()
    assert (one.until_on, kinds_of(ana)) == (
        date(2026, 6, 30),
        ["affiliation.begun", "affiliation.ended"],
    )


def test_what_staff_did_is_audited_and_the_event_holds_no_title():
    ana, cy = customer(), works_here("Cy")
    begin_affiliation(ana, organisation(), BUYER, **told(by=cy))
    assert audited() == [("affiliation.begun", cy.pk)]
    event = ana.events.get(kind="affiliation.begun")
    assert event.codes["role"] == "buyer"
    assert "purchasing" not in str(event.codes)


@pytest.mark.parametrize("pair", [("person", "person"), ("organisation", "organisation")])
def test_only_a_person_belongs_to_an_organisation(pair):
    first, second = customer(kind=pair[0]), customer(kind=pair[1])
    before = everything()
    with pytest.raises(NotSuchAPair):
        begin_affiliation(first, second, BUYER, **told())
    assert everything() == before


def test_refusals_change_nothing():
    ana, bo, tehuset = customer(), customer("Bo"), organisation()
    was = begin_affiliation(ana, tehuset, BUYER, **told(key="ana"))
    before = everything()
    with pytest.raises(AlreadyThere):
        begin_affiliation(ana, tehuset, Position(), **told())
    with pytest.raises(SourceKeyTaken):
        end_affiliation(was, until_on=date(2026, 6, 30), **told(key="ana"))
    with pytest.raises(EndsBeforeItBegan):
        end_affiliation(was, until_on=date(2024, 4, 30), **told())
    with pytest.raises(BadValue) as refused:
        begin_affiliation(bo, tehuset, Position(role="Head Buyer"), **told())
    assert refused.value.facts["field"] == "role"
    with pytest.raises(BadValue):
        begin_affiliation(bo, tehuset, Position(title="x" * 121), **told())
    assert everything() == before


def test_what_is_over_does_not_end_again():
    ana = customer()
    was = begin_affiliation(ana, organisation(), BUYER, **told())
    end_affiliation(was, until_on=date(2026, 6, 30), **told())
    with pytest.raises(AlreadyEnded):
        end_affiliation(was, until_on=date(2026, 7, 1), **told())


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({}, "affiliation_lasts_once_at_a_time"),
        ({"since_on": date(2026, 2, 1), "until_on": date(2026, 1, 1)}, "ends_after_it_began"),
        ({"role": "Buyer!", "until_on": date(2026, 1, 1)}, "affiliation_role_is_a_code"),
        ({"organisation": "person"}, "affiliation_is_with_somebody_else"),
    ],
)
def test_the_database_itself_refuses(values, law):
    ana, tehuset = customer(), organisation()
    Affiliation.objects.create(person=ana, organisation=tehuset)
    if values.get("organisation") == "person":
        values = {"organisation": ana}
    with pytest.raises(IntegrityError, match=law):
        Affiliation.objects.create(**({"person": ana, "organisation": tehuset} | values))
