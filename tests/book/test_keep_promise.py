import pytest

from regulars.book.models.promise import PromiseState
from regulars.book.queries.promises import open_promises
from regulars.book.services.breaches import record_breaches
from regulars.book.services.promises import BeforeLastChange, PromiseClosed, keep_promise
from regulars.book.services.telling import SourceKeyTaken
from tests.support.cast import at, audited, customer, events_of, everything, told, works_here
from tests.support.promised import AFTER, BEFORE, DUE, MADE, promised

pytestmark = pytest.mark.django_db


def keep(promise, kept_at=BEFORE, **more):
    return keep_promise(promise, kept_at=kept_at, **(told() | more))


@pytest.mark.parametrize("kept_at", [MADE, BEFORE, DUE])
def test_kept_in_time_even_at_the_last_moment_it_is_kept(kept_at):
    ana, cy = customer(), works_here("Cy")
    promise = keep(promised(ana), kept_at, by=cy.pk)
    assert (promise.state, promise.broken_at) == (PromiseState.KEPT, None)
    assert events_of(ana) == [("promise.made", MADE), ("promise.kept", kept_at)]
    assert ana.events.get(kind="promise.kept").codes["is_late"] is False
    assert (open_promises().count(), audited()) == (0, [("promise.kept", cy.pk)])


@pytest.mark.parametrize("is_recorded", [True, False])
def test_kept_late_it_was_broken_and_then_kept_and_both_stay(is_recorded):
    """The same, whether or not the breach had been recorded when it was told."""
    ana = customer()
    promise = promised(ana)
    if is_recorded:
        record_breaches(AFTER)
    kept = keep(promise, AFTER)
    assert (kept.state, kept.broken_at, kept.n_breaches) == (PromiseState.KEPT_LATE, DUE, 1)
    assert events_of(ana) == [
        ("promise.made", MADE),
        ("promise.broken", DUE),
        ("promise.kept", AFTER),
    ]
    assert ana.events.get(kind="promise.kept").codes["is_late"] is True


def test_kept_in_time_and_told_late_the_breach_is_taken_back_and_stays_to_be_seen():
    ana = customer()
    promise = promised(ana)
    record_breaches(AFTER)
    kept = keep(promise, BEFORE)
    assert (kept.state, kept.n_breaches) == (PromiseState.KEPT, 0)
    assert [kind for kind, _ in events_of(ana)] == [
        "promise.made",
        "promise.broken",
        "promise.not_broken",
        "promise.kept",
    ]


def test_told_twice_it_is_kept_once():
    ana = customer()
    promise = promised(ana)
    assert keep(promise, source_key="k-1") == keep(promise, AFTER, source_key="k-1")
    promise.refresh_from_db()
    assert (promise.kept_at, len(events_of(ana))) == (BEFORE, 2)


def test_refusals_change_nothing():
    kept, other = keep(promised(customer()), source_key="k-1"), promised(customer("Bo"))
    before = everything()
    with pytest.raises(PromiseClosed):
        keep(kept, AFTER)
    with pytest.raises(BeforeLastChange):
        keep(other, at("2026-03-01 09:00"))
    with pytest.raises(SourceKeyTaken):
        keep(other, source_key="k-1")
    assert everything() == before
