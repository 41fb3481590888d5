"""Warned before, broken at the moment it was due: by the clock, whoever runs and however late."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from regulars.book.models import Event, Promise
from regulars.book.models.promise import PromiseKind, PromiseState
from regulars.book.services import breaches
from regulars.book.services.breaches import record_breaches, record_warnings
from regulars.book.services.promises import keep_promise
from regulars.jobs.promises import run_deadlines
from tests.support.cast import at, customer, events_of, kinds_of, told
from tests.support.promised import AFTER, DUE, MADE, promised

A_DAY_BEFORE, SECOND = DUE - timedelta(days=1), timedelta(seconds=1)


@pytest.mark.django_db
def test_it_is_warned_of_when_the_lead_begins_and_once():
    ana = customer()
    promised(ana)
    assert run_deadlines(A_DAY_BEFORE - SECOND) == (0, 0)
    assert run_deadlines(A_DAY_BEFORE) == (0, 1)
    assert run_deadlines(A_DAY_BEFORE + SECOND) == (0, 0)
    assert events_of(ana) == [("promise.made", MADE), ("promise.warned", A_DAY_BEFORE)]


@pytest.mark.django_db
def test_at_its_last_moment_it_is_not_broken_and_after_it_it_is_once():
    ana = customer()
    promise = promised(ana)
    assert [run_deadlines(now)[0] for now in (DUE, DUE + SECOND, AFTER)] == [0, 1, 0]
    promise.refresh_from_db()
    assert (promise.state, promise.broken_at) == (PromiseState.BROKEN, DUE)
    assert events_of(ana)[1:] == [("promise.broken", DUE)]


@pytest.mark.django_db
def test_after_days_of_standstill_each_is_broken_at_its_own_moment_and_none_is_warned_of():
    ana, bo, third = customer(), customer("Bo"), customer("Third")
    promised(ana)
    promised(bo, PromiseKind.CALL_BACK, due_at=at("2026-03-03 10:00"))
    promised(third, due_at=at("2026-03-20 12:00"))
    before = timezone.now()
    assert run_deadlines(at("2026-03-19 15:00")) == (2, 1)
    assert events_of(ana)[1:] == [("promise.broken", DUE)]
    assert events_of(bo)[1:] == [("promise.broken", at("2026-03-03 10:00"))]
    # The third is still to come: late, but in time.
    assert events_of(third)[1:] == [("promise.warned", at("2026-03-19 15:00"))]
    recorded = Event.objects.filter(kind="promise.broken").values_list("recorded_at", flat=True)
    assert all(moment > before - timedelta(minutes=1) for moment in recorded)


@pytest.mark.django_db
def test_what_is_kept_is_neither_warned_of_nor_broken():
    ana = customer()
    keep_promise(promised(ana), kept_at=MADE, **told())
    assert run_deadlines(A_DAY_BEFORE) == run_deadlines(AFTER) == (0, 0)
    assert kinds_of(ana) == ["promise.made", "promise.kept"]


def many(n, who):
    Promise.objects.bulk_create(
        Promise(
            customer=who,
            kind="delivery",
            made_at=MADE,
            first_due_at=DUE,
            due_at=DUE,
            warn_at=A_DAY_BEFORE,
        )
        for _ in range(n)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("n", [2, 40])
def test_a_batch_takes_the_same_statements_however_large(n, django_assert_num_queries):
    many(n, customer())
    for record, now in ((record_warnings, A_DAY_BEFORE), (record_breaches, AFTER)):
        with django_assert_num_queries(5):  # claim, change, write; and the savepoint around them
            assert record(now) == n


@pytest.mark.django_db
def test_more_than_a_batch_is_done_to_the_end(monkeypatch):
    monkeypatch.setattr(breaches, "BATCH", 10)
    many(25, customer())
    assert run_deadlines(AFTER) == (25, 0)


@pytest.mark.django_db
def test_the_events_hold_codes_and_are_the_house_s_own():
    ana = customer()
    promised(ana)
    run_deadlines(AFTER)
    event = ana.events.get(kind="promise.broken")
    assert (event.source, event.staff_id) == ("promises", None)
    assert event.codes == {"promise": "delivery", "due_at": "2026-03-05T17:00:00+00:00"}


def beside_each_other(*targets):
    """Run at the same moment, each on a connection of its own; what one raises, the test raises."""
    start = threading.Barrier(len(targets))

    def run(target):
        try:
            start.wait()
            target()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(targets)) as pool:
        for running in [pool.submit(run, target) for target in targets]:
            running.result()


@pytest.mark.usefixtures("committed")
def test_workers_at_once_record_each_breach_and_warning_once(monkeypatch):
    monkeypatch.setattr(breaches, "BATCH", 7)
    many(200, customer())
    for now, kind in ((A_DAY_BEFORE, "promise.warned"), (AFTER, "promise.broken")):
        beside_each_other(*[lambda now=now: run_deadlines(now)] * 4)
        # What every worker found locked by another one is left for the next run.
        run_deadlines(now)
        subjects = list(Event.objects.filter(kind=kind).values_list("subject_id", flat=True))
        assert (len(subjects), len(set(subjects))) == (200, 200)
    assert set(Promise.objects.values_list("n_breaches", "broken_at")) == {(1, DUE)}


@pytest.mark.usefixtures("committed")
def test_a_promise_that_somebody_keeps_right_now_is_passed_over_and_looked_at_again():
    ana, bo = customer(), customer("Bo")
    held, free = promised(ana), promised(bo)
    locked, looked = threading.Event(), threading.Event()

    def holds():
        with transaction.atomic():
            Promise.objects.select_for_update().get(pk=held.pk)
            locked.set()
            looked.wait(20)

    def looks():
        locked.wait(20)
        try:
            assert run_deadlines(AFTER) == (1, 0)
        finally:
            looked.set()

    beside_each_other(holds, looks)
    assert (kinds_of(ana), kinds_of(bo)) == (["promise.made"], ["promise.made", "promise.broken"])
    assert run_deadlines(AFTER) == (1, 0)
    assert free.customer != held.customer


@pytest.mark.usefixtures("committed")
def test_a_worker_that_dies_in_the_middle_has_done_nothing_and_the_next_does_all(monkeypatch):
    ana = customer()
    promised(ana)

    def dies(*_):
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(breaches, "_write", dies)
        with pytest.raises(SystemExit):
            run_deadlines(AFTER)
    assert (Promise.objects.get().broken_at, kinds_of(ana)) == (None, ["promise.made"])
    assert run_deadlines(AFTER) == (1, 0)


@pytest.mark.usefixtures("committed")
def test_keeping_late_and_the_worker_at_once_end_as_one_breach_and_then_kept():
    for n in range(10):
        ana = customer(f"Ana {n}")
        promise = promised(ana)
        beside_each_other(
            lambda promise=promise: keep_promise(promise, kept_at=AFTER, **told()),
            lambda: run_deadlines(AFTER),
        )
        assert kinds_of(ana) == ["promise.made", "promise.broken", "promise.kept"]


@pytest.mark.usefixtures("committed")
def test_the_same_promise_told_by_several_at_once_is_one():
    ana = customer()
    beside_each_other(*[lambda: promised(ana, source_key="p-1")] * 4)
    assert (Promise.objects.count(), kinds_of(ana)) == (1, ["promise.made"])
