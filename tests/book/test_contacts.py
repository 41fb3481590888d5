from datetime import timedelta

import pytest
from django.db.utils import IntegrityError
from django.utils import timezone

from regulars.book.models import Contact, Note
from regulars.book.models.contact import ContactKind, Direction
from regulars.book.queries.contacts import contacts_of
from regulars.book.services.contacts import (
    AlreadyOver,
    Ending,
    EndsTooEarly,
    Met,
    end_contact,
    note_contact,
)
from regulars.book.services.fitting import BadValue
from regulars.book.services.notes import NothingWritten, erase_note, write_note
from regulars.book.services.telling import NotYet, SourceKeyTaken
from tests.support.cast import (
    at,
    audited,
    customer,
    events_of,
    everything,
    kinds_of,
    told,
    works_here,
)

pytestmark = pytest.mark.django_db
TEN, HALF_PAST = at("2026-03-02 10:00"), at("2026-03-02 10:30")
CALL = Met(ContactKind.CALL, TEN, channel="phone")


@pytest.mark.parametrize(
    ("kind", "direction", "called"),
    [
        (ContactKind.VISIT, Direction.IN, "visit"),
        (ContactKind.CALL, Direction.OUT, "call"),
        (ContactKind.CHAT, Direction.IN, "chat"),
        (ContactKind.EMAIL, Direction.IN, "email.received"),
        (ContactKind.EMAIL, Direction.OUT, "email.sent"),
    ],
)
def test_each_kind_stands_in_the_timeline_at_the_moment_it_began(kind, direction, called):
    ana = customer()
    note_contact(ana, Met(kind, TEN, direction), **told())
    assert events_of(ana) == [(called, TEN)]


def test_a_call_is_kept_whole_and_its_event_holds_codes_alone():
    ana, cy, dee = customer(), works_here("Cy"), works_here("Dee")
    met = Met(
        ContactKind.CALL,
        TEN,
        channel="phone",
        branch="uppsala",
        staff_id=cy.pk,
        ended_at=HALF_PAST,
        waiting_seconds=45,
        handling_seconds=1755,
        outcome="solved",
    )
    call = note_contact(ana, met, **told(by=dee))
    assert (call.staff, call.ended_at - call.started_at) == (cy, timedelta(minutes=30))
    assert (call.waiting_seconds, call.handling_seconds) == (45, 1755)
    event = ana.events.get(kind="call")
    assert event.codes == {
        "direction": "in",
        "branch": "uppsala",
        "outcome": "solved",
        "staff": str(cy.pk),
    }
    assert (event.channel, event.subject_id, event.staff_id) == ("phone", call.pk, dee.pk)
    assert audited() == [("contact.noted", dee.pk)]


def test_told_twice_it_is_one():
    ana, same = customer(), told(key="call-7")
    assert note_contact(ana, CALL, **same) == note_contact(ana, CALL, **same)
    assert (Contact.objects.count(), kinds_of(ana)) == (1, ["call"])


def test_a_contact_that_lasts_is_ended_once():
    ana, ending = customer(), told()
    call = note_contact(ana, CALL, **told())
    for outcome in ("solved", "again"):
        end_contact(call, Ending(outcome, 45, 600), at=HALF_PAST, **ending)
    call.refresh_from_db()
    assert (call.ended_at, call.outcome, call.waiting_seconds, call.handling_seconds) == (
        HALF_PAST,
        "solved",
        45,
        600,
    )
    assert events_of(ana) == [("call", TEN), ("contact.ended", HALF_PAST)]
    before = everything()
    with pytest.raises(AlreadyOver):
        end_contact(call, Ending(), **told())
    assert everything() == before


def test_refusals_change_nothing():
    ana = customer()
    call = note_contact(ana, CALL, **told(key="call-7"))
    before = everything()
    late = timezone.now() + timedelta(hours=1)
    early = TEN - timedelta(seconds=1)
    with pytest.raises(NotYet):
        note_contact(ana, Met(ContactKind.VISIT, late), **told())
    with pytest.raises(NotYet):
        note_contact(ana, Met(ContactKind.VISIT, TEN, ended_at=late), **told())
    with pytest.raises(EndsTooEarly):
        note_contact(ana, Met(ContactKind.CALL, TEN, ended_at=early), **told())
    with pytest.raises(EndsTooEarly):
        end_contact(call, Ending(), at=early, **told())
    with pytest.raises(SourceKeyTaken):
        note_contact(ana, Met(ContactKind.CHAT, TEN), **told(key="call-7"))
    with pytest.raises(SourceKeyTaken):
        end_contact(call, Ending(), **told(key="call-7"))
    assert everything() == before


@pytest.mark.parametrize(
    "values",
    [
        {"branch": "Uppsala C"},
        {"channel": "x" * 21},
        {"outcome": "Not solved"},
        {"waiting_seconds": -1},
        {"handling_seconds": -1},
    ],
)
def test_what_cannot_be_stored_is_refused_by_name_and_nothing_is_noted(values):
    ana = customer()
    before = everything()
    with pytest.raises(BadValue) as refused:
        note_contact(ana, Met(ContactKind.CALL, TEN, **values), **told())
    assert [refused.value.facts["field"]] == list(values)
    assert everything() == before


def test_a_key_that_ended_one_call_ends_no_other():
    ana = customer()
    first, second = (note_contact(ana, CALL, **told()) for _ in range(2))
    end_contact(first, Ending(), **told(key="end-1"))
    with pytest.raises(SourceKeyTaken):
        end_contact(second, Ending(), **told(key="end-1"))


def test_contacts_are_listed_with_their_notes_in_two_statements(django_assert_num_queries):
    ana, cy = customer(), works_here("Cy")
    for hour in range(3):
        met = Met(ContactKind.CALL, TEN + timedelta(hours=hour), staff_id=cy.pk)
        write_note(note_contact(ana, met, **told()), text=f"Call {hour}", by=cy.pk)
    with django_assert_num_queries(2):
        found = [(c.staff.name, [n.text for n in c.notes.all()]) for c in contacts_of(ana)]
    assert found == [("Cy", ["Call 2"]), ("Cy", ["Call 1"]), ("Cy", ["Call 0"])]


def test_what_was_written_lies_apart_and_can_be_erased_alone():
    ana, cy = customer(), works_here("Cy")
    call = note_contact(ana, CALL, **told())
    note = write_note(call, text=" Her kettle leaks. ", by=cy.pk)
    assert write_note(call, text="Her kettle leaks.", by=cy.pk) == note
    assert "kettle" not in str(list(ana.events.values()))
    for _ in range(2):
        erase_note(note, by=cy.pk)
    assert (Note.objects.count(), Contact.objects.count()) == (0, 1)
    assert audited() == [("contact.note_erased", cy.pk), ("contact.note_written", cy.pk)]


def test_a_note_without_words_is_refused():
    call = note_contact(customer(), CALL, **told())
    before = everything()
    with pytest.raises(NothingWritten):
        write_note(call, text=" \n", by=None)
    assert everything() == before


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({"kind": "fax"}, "contact_kind_is_known"),
        ({"direction": "up"}, "contact_direction_is_known"),
        ({"ended_at": TEN - timedelta(seconds=1)}, "contact_ends_after_it_began"),
        ({"channel": "Phone"}, "contact_channel_is_a_code"),
        ({"branch": "Uppsala C"}, "contact_branch_is_a_code"),
        ({"outcome": "!"}, "contact_outcome_is_a_code"),
        ({"waiting_seconds": -1}, "waiting_seconds_check"),
        ({"handling_seconds": -1}, "handling_seconds_check"),
    ],
)
def test_the_database_itself_refuses(values, law):
    said = {"customer": customer(), "kind": "call", "direction": "in", "started_at": TEN}
    with pytest.raises(IntegrityError, match=law):
        Contact.objects.create(**(said | values))


@pytest.mark.parametrize(
    ("about", "text", "law"),
    [(False, "Hello", "note_is_about_one_thing"), (True, "", "note_says_something")],
)
def test_the_database_itself_refuses_a_note(about, text, law):
    call = note_contact(customer(), CALL, **told())
    with pytest.raises(IntegrityError, match=law):
        Note.objects.create(contact=call if about else None, text=text)
