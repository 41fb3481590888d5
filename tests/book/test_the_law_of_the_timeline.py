"""No event skipped, none handed out twice, whoever writes and whatever breaks meanwhile."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from regulars.book.models import Event, Reader
from regulars.book.services.epochs import ensure_epoch, raise_epoch
from regulars.book.services.events import record_event
from regulars.book.services.reading import read_events
from regulars.kit.postgres import Role
from tests.support.house_database import NAME

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def epoch(committed):
    ensure_epoch()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (nth bigint GENERATED ALWAYS AS IDENTITY, key text)")


@pytest.fixture
def other(committed):
    """Another connection, to hold a transaction open."""
    made = psycopg.connect(committed.conninfo(Role.OWNER, NAME))
    yield made
    made.close()


def write(key):
    return record_event(
        "visit", customer=None, occurred_at=timezone.now(), source="test", source_key=str(key)
    )


def write_by(other, key):
    other.execute(
        "INSERT INTO book_event (kind, channel, subject, currency, codes, occurred_at, source,"
        " source_key) VALUES ('visit', '', '', '', '{}', now(), 'test', %s)",
        [str(key)],
    )


def keep(events):
    """A subscriber that writes what it was handed, in the transaction of its place."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO seen (key) VALUES (%s)", [[event.source_key] for event in events]
        )


def read():
    return read_events("keeper", keep)


def seen():
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM seen ORDER BY nth")
        return [key for (key,) in cursor.fetchall()]


@contextmanager
def threads(*targets):
    """Run beside each other; what one raises, the test raises."""

    def closing(target):
        try:
            target()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(targets)) as pool:
        running = [pool.submit(closing, target) for target in targets]
        yield
    for each in running:
        each.result()


def test_an_event_that_commits_late_is_waited_for_and_not_passed_over(other):
    write_by(other, "late")
    write("early")  # has the higher position, and is there first
    assert (read(), seen()) == (0, [])
    other.commit()
    assert (read(), seen()) == (2, ["late", "early"])


def test_an_event_that_never_came_to_be_holds_nothing_up(other):
    write_by(other, "undone")
    write("kept")
    other.rollback()
    assert (read(), seen()) == (1, ["kept"])


def test_a_long_open_question_holds_nothing_up(other):
    other.execute("SELECT count(*) FROM book_event")
    write("kept")
    assert (read(), seen()) == (1, ["kept"])


def test_what_was_read_is_not_read_again():
    write("one")
    assert [read(), read()] == [1, 0]
    write("two")
    assert (read(), seen()) == (1, ["one", "two"])


def test_a_subscriber_that_fails_has_done_nothing_and_is_handed_the_same_again():
    write("one")

    def keep_and_fail(events):
        keep(events)
        raise RuntimeError("broke in the middle")

    with pytest.raises(RuntimeError):
        read_events("keeper", keep_and_fail)
    assert (seen(), Reader.objects.count()) == ([], 0)
    assert (read(), seen()) == (1, ["one"])


def test_where_another_process_reads_for_the_same_subscriber_nothing_is_done(other):
    write("one")
    other.execute("SELECT pg_advisory_xact_lock(hashtextextended('keeper', 0))")
    assert read() == 0
    assert read_events("another", keep) == 1
    other.rollback()
    assert read() == 1


def test_more_than_a_batch_is_read_in_order():
    with transaction.atomic():
        for n in range(1203):
            write(n)
    assert [read(), read(), read(), read()] == [500, 500, 203, 0]
    assert seen() == [str(n) for n in range(1203)]


def test_the_same_fact_twice_is_one_event():
    assert write("one").pk == write("one").pk
    assert Event.objects.count() == 1


def test_after_a_switch_of_cluster_new_events_are_read_although_their_numbers_are_lower():
    write("before")
    read()
    # What the place looks like when the old cluster had given out far more numbers.
    Reader.objects.update(txid=10**12)
    write("lost without a new epoch")
    assert read() == 0
    raise_epoch()
    write("after")
    assert (read(), seen()) == (1, ["before", "after"])


def test_another_cluster_is_noticed_and_begins_a_new_epoch_once():
    assert ensure_epoch() == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE book_timeline SET system_identifier = 42")
    assert [ensure_epoch(), ensure_epoch()] == [2, 2]
    assert write("after").epoch is not None
    assert Event.objects.get().epoch == 2


def test_events_left_unread_on_the_old_cluster_are_read_on_the_new_one():
    write("left")
    # Their transaction numbers mean nothing to the new cluster, and may lie in its future.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE book_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE book_event SET txid = 1000000000000")
    assert read() == 0
    raise_epoch()
    assert (read(), seen()) == (1, ["left"])


def test_under_concurrent_writers_every_event_is_read_once():
    """Six writers, with pauses inside transactions and one in five undone; three readers."""
    committed_keys, writing = [], threading.Event()

    def writer(seed):
        rolls = random.Random(seed)

        def run():
            for n in range(60):
                keys = [f"{seed}-{n}-{i}" for i in range(rolls.randint(1, 4))]
                try:
                    with transaction.atomic():
                        for key in keys:
                            write(key)
                            time.sleep(rolls.random() * 0.004)
                        if rolls.random() < 0.2:
                            raise RuntimeError
                except RuntimeError:
                    continue
                committed_keys.extend(keys)

        return run

    def reader():
        while not writing.is_set():
            read()

    with threads(reader, reader, reader):
        with threads(*(writer(seed) for seed in range(6))):
            pass
        writing.set()
    while read():
        pass
    assert len(committed_keys) > 500
    assert sorted(seen()) == sorted(committed_keys)
    in_reading_order = Event.objects.order_by("epoch", "txid", "position")
    assert seen() == list(in_reading_order.values_list("source_key", flat=True))
