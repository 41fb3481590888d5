import pytest

from regulars.book.models.promise import PromiseState
from regulars.book.queries.promises import history_of
from regulars.book.services.breaches import record_breaches, record_warnings
from regulars.book.services.fitting import BadValue
from regulars.book.services.promises import (
    BeforeLastChange,
    DueTooEarly,
    PromiseClosed,
    keep_promise,
    move_promise,
)
from regulars.book.services.telling import SourceKeyTaken
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
from tests.support.promised import AFTER, BEFORE, DUE, LATER, MADE, promised

pytestmark = pytest.mark.django_db


def move(promise, due_at=LATER, moved_at=BEFORE, why="supplier", **more):
    return move_promise(promise, due_at=due_at, why=why, moved_at=moved_at, **(told() | more))


def test_moved_in_time_it_is_not_broken_and_its_history_says_who_and_why():
    ana, cy = customer(), works_here("Cy")
    promise = move(promised(ana), by=cy.pk)
    assert (promise.state, promise.due_at, promise.first_due_at) == (PromiseState.OPEN, LATER, DUE)
    assert (promise.n_moves, promise.n_breaches, promise.moved_at) == (1, 0, BEFORE)
    made, moved = history_of(promise)
    assert (made.kind, moved.kind, moved.staff_id, moved.occurred_at) == (
        "promise.made",
        "promise.moved",
        cy.pk,
        BEFORE,
    )
    assert moved.codes == {
        "promise": "delivery",
        "due_at": "2026-03-09T17:00:00+00:00",
        "was_due_at": "2026-03-05T17:00:00+00:00",
        "why": "supplier",
    }
    assert audited() == [("promise.moved", cy.pk)]


def test_moved_too_late_it_was_broken_first_and_that_stays():
    ana = customer()
    promise = move(promised(ana), moved_at=AFTER)
    assert events_of(ana) == [
        ("promise.made", MADE),
        ("promise.broken", DUE),
        ("promise.moved", AFTER),
    ]
    assert (promise.state, promise.n_breaches, promise.broken_at) == (PromiseState.OPEN, 1, None)


def test_the_new_moment_can_be_broken_and_warned_of_anew():
    ana = customer()
    promise = promised(ana)
    record_warnings(BEFORE.replace(hour=18))
    record_breaches(AFTER)
    move(promise, moved_at=AFTER)
    assert record_warnings(at("2026-03-08 17:00")) == 1
    assert record_breaches(at("2026-03-10 00:00")) == 1
    each = ["promise.warned", "promise.broken"]
    assert kinds_of(ana)[1:] == [*each, "promise.moved", *each]
    promise.refresh_from_db()
    assert (promise.broken_at, promise.n_breaches) == (LATER, 2)


def test_a_move_in_time_that_is_told_late_takes_the_breach_back():
    ana = customer()
    promise = promised(ana)
    record_breaches(AFTER)
    moved = move(promise, moved_at=BEFORE)
    assert kinds_of(ana) == [
        "promise.made",
        "promise.broken",
        "promise.not_broken",
        "promise.moved",
    ]
    assert (moved.state, moved.n_breaches) == (PromiseState.OPEN, 0)


def test_told_twice_it_is_moved_once():
    promise = promised(customer())
    for _ in range(2):
        promise = move(promise, source_key="m-1")
    assert (promise.n_moves, promise.due_at) == (1, LATER)


def test_refusals_change_nothing():
    promise = move(promised(customer()), moved_at=BEFORE, source_key="m-1")
    other = promised(customer("Bo"))
    before = everything()
    with pytest.raises(BeforeLastChange):
        move(promise, moved_at=MADE)
    with pytest.raises(BeforeLastChange):
        move(other, moved_at=at("2026-03-01 09:00"))
    with pytest.raises(DueTooEarly):
        move(other, due_at=BEFORE)
    with pytest.raises(BadValue):
        move(other, why="The supplier is late.")
    with pytest.raises(SourceKeyTaken):
        move(other, source_key="m-1")
    assert everything() == before


def test_what_was_kept_is_not_moved():
    promise = keep_promise(promised(customer()), kept_at=BEFORE, **told())
    before = everything()
    with pytest.raises(PromiseClosed) as refused:
        move(promise)
    assert (refused.value.facts["state"], everything()) == ("kept", before)
