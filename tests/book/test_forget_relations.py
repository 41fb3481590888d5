import pytest

from regulars.book.models.consent import ConsentHow
from regulars.book.models.contact import ContactKind
from regulars.book.models.day import DayKind
from regulars.book.services.affiliations import Position, begin_affiliation
from regulars.book.services.consents import EVERYTHING, Act, withdraw_consent
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.forgetting import forget
from regulars.book.services.interests import Liking, note_interest
from regulars.book.services.notes import write_note
from tests.support.cast import customer, everything, organisation, told
from tests.support.promised import MADE, promised

pytestmark = pytest.mark.django_db
PERSONAL = ["Affiliation", "ImportantDay", "Interest", "Note", "SearchEntry"]


def lived_through(who, place):
    """One of everything; each personal text holds the word "secret"."""
    note_interest(who, Liking("secret/tea"), **told())
    note_day(who, Yearly(DayKind.ANNIVERSARY, 5, 17, label="secret wedding"), **told())
    begin_affiliation(who, place, Position(title="secret buyer"), **told())
    withdraw_consent(who, EVERYTHING, Act(ConsentHow.LINK), **told())
    for about in (promised(who), note_contact(who, Met(ContactKind.CALL, MADE), **told())):
        write_note(about, text="secret words", by=None)


def test_what_was_known_of_a_person_goes_and_what_happened_stays():
    ana, bo, tehuset = customer(), customer("Bo"), organisation()
    lived_through(bo, tehuset)
    bo_alone = everything()
    lived_through(ana, tehuset)
    before = everything()
    assert forget([ana.pk]) == 6
    after = everything()
    of_others = {name: bo_alone[name] for name in PERSONAL}
    of_others["SearchEntry"] = [
        row for row in bo_alone["SearchEntry"] if row["customer_id"] != ana.pk
    ]
    assert {name: after[name] for name in PERSONAL} == of_others
    stays = set(after) - set(PERSONAL)
    assert {name: after[name] for name in stays} == {name: before[name] for name in stays}
    # The timeline keeps the topic of an interest: a code of the shelf, and no word of the person.
    theirs = [row for rows in after.values() for row in rows if row.get("customer_id") == ana.pk]
    assert [row["codes"]["topic"] for row in theirs if "secret" in str(row)] == ["secret/tea"]


def test_forgetting_again_finds_nothing():
    ana = customer()
    lived_through(ana, organisation())
    assert [forget([ana.pk]), forget([ana.pk])] == [6, 0]
