from datetime import timedelta

import pytest
from django.db.utils import IntegrityError
from django.utils import timezone

from regulars.book.models import Promise, PromisePolicy
from regulars.book.models.promise import PromiseKind, PromiseState
from regulars.book.queries.promises import open_promises, promises_of
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.fitting import BadValue
from regulars.book.services.notes import write_note
from regulars.book.services.promise_policies import set_warning
from regulars.book.services.promises import DueTooEarly
from regulars.book.services.telling import NotYet, SourceKeyTaken
from tests.book.shop import bought
from tests.support.cast import at, audited, customer, events_of, everything, told, works_here
from tests.support.promised import DUE, MADE, promised

pytestmark = pytest.mark.django_db
DELIVERY, CALL_BACK = PromiseKind.DELIVERY, PromiseKind.CALL_BACK


def test_a_promise_is_made_and_stands_in_the_timeline():
    ana, cy = customer(), works_here("Cy")
    order = bought(customer=ana)
    promise = promised(ana, order=order, by=cy.pk)
    assert (promise.state, promise.staff, promise.first_due_at) == (PromiseState.OPEN, cy, DUE)
    assert ("promise.made", MADE) in events_of(ana)
    event = ana.events.get(kind="promise.made")
    assert event.codes == {
        "promise": "delivery",
        "due_at": "2026-03-05T17:00:00+00:00",
        "order": str(order.pk),
    }
    assert (event.subject, event.subject_id, event.staff_id) == ("promise", promise.pk, cy.pk)
    assert audited() == [("promise.made", cy.pk)]


def test_told_twice_it_is_one():
    ana = customer()
    assert promised(ana, source_key="p-1") == promised(ana, source_key="p-1")
    assert (Promise.objects.count(), len(events_of(ana))) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "due_at", "warned_at"),
    [
        (DELIVERY, "2026-03-05 17:00", "2026-03-04 17:00"),
        (CALL_BACK, "2026-03-05 17:00", "2026-03-05 16:00"),
        # Shorter than twice the lead: halfway.
        (DELIVERY, "2026-03-03 09:00", "2026-03-02 21:00"),
        (CALL_BACK, "2026-03-02 09:30", "2026-03-02 09:15"),
    ],
)
def test_it_will_be_warned_of_so_long_before_but_never_in_its_first_half(kind, due_at, warned_at):
    promise = promised(customer(), kind, due_at=at(due_at))
    assert promise.warn_at == at(warned_at)


def test_the_company_sets_the_lead_and_promises_already_given_keep_theirs():
    ana, dee = customer(), works_here("Dee")
    before = promised(ana)
    set_warning(DELIVERY, before=timedelta(hours=6), by=dee.pk)
    assert promised(ana).warn_at == DUE - timedelta(hours=6)
    before.refresh_from_db()
    assert before.warn_at == DUE - timedelta(days=1)
    set_warning(DELIVERY, before=timedelta(hours=2), by=dee.pk)
    assert promised(ana).warn_at == DUE - timedelta(hours=2)
    assert promised(ana, CALL_BACK).warn_at == DUE - timedelta(hours=1)
    assert audited() == [("promise_policy.set", dee.pk)] * 2


@pytest.mark.parametrize("before", [timedelta(0), timedelta(days=366)])
def test_a_lead_of_nothing_or_of_more_than_a_year_is_refused(before):
    held = everything()
    with pytest.raises(BadValue):
        set_warning(DELIVERY, before=before, by=None)
    assert everything() == held


def test_refusals_change_nothing():
    ana = customer()
    promised(ana, source_key="p-1")
    before = everything()
    with pytest.raises(DueTooEarly):
        promised(ana, due_at=MADE)
    with pytest.raises(DueTooEarly):
        promised(ana, made_at=None, due_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotYet):
        promised(ana, made_at=timezone.now() + timedelta(hours=1), due_at=at("2126-01-01"))
    with pytest.raises(SourceKeyTaken):
        note_contact(ana, Met("call", MADE), **told(key="p-1"))
    assert everything() == before


def test_what_is_open_is_listed_the_longest_due_first_in_one_statement(django_assert_num_queries):
    for name, day in (("Ana", 8), ("Bo", 6), ("Third", 12)):
        promised(customer(name), due_at=at(f"2026-03-{day:02} 12:00"))
    with django_assert_num_queries(1):
        found = [held.customer.name for held in open_promises(due_before=at("2026-03-10 00:00"))]
    assert found == ["Bo", "Ana"]
    assert open_promises().count() == 3


def test_a_customer_s_promises_are_listed_with_their_notes(django_assert_num_queries):
    ana = customer()
    for n in range(3):
        made = promised(ana, made_at=MADE + timedelta(hours=n))
        write_note(made, text=f"The {n}. kettle", by=None)
    with django_assert_num_queries(2):
        found = [note.text for held in promises_of(ana) for note in held.notes.all()]
    assert found == ["The 2. kettle", "The 1. kettle", "The 0. kettle"]


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({"kind": "marriage"}, "promise_kind_is_known"),
        ({"due_at": MADE, "warn_at": MADE - HOUR}, "promise_is_due_after_it_was_made"),
        ({"first_due_at": MADE}, "promise_is_due_after_it_was_made"),
        ({"n_moves": 1}, "promise_is_moved_after_it_was_made"),
        ({"moved_at": MADE}, "promise_is_moved_after_it_was_made"),
        ({"moved_at": MADE - HOUR, "n_moves": 1}, "promise_is_moved_after_it_was_made"),
        ({"moved_at": DUE, "n_moves": 1}, "promise_is_moved_after_it_was_made"),
        ({"warn_at": DUE}, "promise_is_warned_of_before_it_is_due"),
        ({"warned_at": DUE}, "promise_is_warned_of_before_it_is_due"),
        ({"warned_at": MADE}, "promise_is_warned_of_before_it_is_due"),
        ({"broken_at": DUE + HOUR, "n_breaches": 1}, "promise_is_broken_when_due"),
        ({"broken_at": DUE}, "promise_is_broken_when_due"),
        ({"kept_at": DUE, "withdrawn_at": DUE}, "promise_is_not_both_kept_and_withdrawn"),
        ({"kept_at": DUE + HOUR}, "promise_kept_late_was_broken"),
        ({"kept_at": DUE, "broken_at": DUE, "n_breaches": 1}, "promise_kept_late_was_broken"),
        ({"kept_at": MADE - HOUR}, "promise_kept_late_was_broken"),
        ({"withdrawn_at": DUE + HOUR}, "promise_withdrawn_late_was_broken"),
        (
            {"withdrawn_at": DUE, "broken_at": DUE, "n_breaches": 1},
            "promise_withdrawn_late_was_broken",
        ),
        ({"n_breaches": -1}, "n_breaches_check"),
    ],
)
def test_the_database_itself_refuses(values, law):
    said = {"kind": "delivery", "made_at": MADE, "first_due_at": DUE, "due_at": DUE}
    said |= {"customer": customer(), "warn_at": DUE - HOUR}
    with pytest.raises(IntegrityError, match=law):
        Promise.objects.create(**(said | values))


@pytest.mark.parametrize(
    ("kind", "before", "law"),
    [
        ("marriage", HOUR, "promise_policy_kind_is_known"),
        ("repair", timedelta(0), "promise_policy_warns_before"),
        ("repair", timedelta(days=366), "promise_policy_warns_before"),
    ],
)
def test_the_database_itself_refuses_a_policy(kind, before, law):
    with pytest.raises(IntegrityError, match=law):
        PromisePolicy.objects.create(kind=kind, warn_before=before)
