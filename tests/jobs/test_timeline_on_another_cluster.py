"""The law of the timeline where the database moves: real clusters, real dumps, writers meanwhile.

Transaction numbers begin low on a fresh cluster, so whoever compared them with those of the old one
would pass over everything that is written there.
"""

import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from regulars.book.models import Event, Reader, Timeline
from regulars.book.queries.lag import lags, oldest_writer
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.events import record_event
from regulars.book.services.reading import read_events
from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.kit.postgres.dumps import back_up, restore
from tests.support.house_database import QUICK

USED_UP = 3000


@contextmanager
def on_server(server, database="regulars"):
    """Django's connections, of every thread, lead to this server."""
    settings = connections.settings["default"]
    before = dict(settings)
    said = psycopg.conninfo.conninfo_to_dict(server.conninfo(Role.OWNER, database))
    connection.close()
    settings.update(HOST=said["host"], PORT=said["port"], NAME=database)
    settings.update(USER=said["user"], PASSWORD=said["password"])
    yield
    connection.close()
    settings.clear()
    settings.update(before)


@pytest.fixture
def cluster(open_folder, django_db_modify_db_settings, django_db_blocker):
    """Clusters of a major version, each with other numbers; none is left."""
    made = []

    def make(name, major):
        made.append(Server(Layout(open_folder / name, account()), major=major, settings=QUICK))
        made[-1].start()
        return made[-1]

    with django_db_blocker.unblock():
        yield make
    for each in made:
        each.discard()


def use_up_numbers(server):
    with psycopg.connect(server.conninfo(Role.OWNER), autocommit=True) as owner:
        owner.execute(
            f"DO $$ BEGIN FOR n IN 1..{USED_UP} LOOP"
            " PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
        )


def write(key):
    record_event(
        "visit", customer=None, occurred_at=timezone.now(), source="test", source_key=str(key)
    )


def keep(events):
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO seen (key) VALUES (%s)", [[event.source_key] for event in events]
        )


def seen():
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM seen")
        return sorted(key for (key,) in cursor.fetchall())


def read_all():
    while read_events("keeper", keep, at_most=7):
        pass


def committed_keys():
    return sorted(Event.objects.values_list("source_key", flat=True))


@contextmanager
def written_meanwhile(name):
    """Two writers, each with transactions of three events of which every fourth is undone."""
    stop = threading.Event()

    def writer(who):
        nth = 0
        while not stop.is_set():
            nth += 1
            try:
                with transaction.atomic():
                    for each in "abc":
                        write(f"{name}-{who}-{nth}{each}")
                        time.sleep(0.002)
                    if nth % 4 == 0:
                        raise RuntimeError
            except RuntimeError:
                continue
        connection.close()

    writers = [threading.Thread(target=writer, args=(who,)) for who in "xy"]
    for each in writers:
        each.start()
    try:
        time.sleep(0.3)
        yield
        time.sleep(0.3)
    finally:
        stop.set()
        for each in writers:
            each.join()


@pytest.mark.parametrize("major", [16, 18])
def test_no_event_is_skipped_or_read_twice_after_a_dump_into_another_cluster(
    cluster, open_folder, major
):
    old, new = cluster("old", major), cluster("new", 18)
    file = open_folder / f"moved-from-{major}.backup"
    use_up_numbers(old)
    with on_server(old):
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE seen (key text)")
        assert ensure_epoch() == 1
        with psycopg.connect(old.conninfo(Role.OWNER)) as long_open, written_meanwhile("old"):
            read_all()
            # Open before the backup and after it: what it wrote is in neither database's past.
            long_open.execute("SELECT pg_current_xact_id()")
            time.sleep(0.1)
            back_up(old.conninfo(Role.OWNER), file)
            long_open.rollback()
        highest = Event.objects.latest("txid").txid
    restore(new.conninfo(Role.OWNER), file)
    with on_server(new):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            assert cursor.fetchone()[0] < highest  # else this would prove nothing
        read_before, there = seen(), committed_keys()
        assert 0 < len(read_before) < len(there)  # some were left to be read here
        assert ensure_epoch() == 2
        with written_meanwhile("new"):
            read_all()
        read_all()
        assert seen() == committed_keys()
        assert len(seen()) > len(there)
        assert [(lag.reader, lag.n_unread) for lag in lags()] == [("keeper", 0)]
        _goes_back_to_the_first_cluster(old, new, file.with_suffix(".back"))
    file.unlink()


def _goes_back_to_the_first_cluster(old, new, file):
    """Its numbers are far ahead again; the third epoch is read to its end all the same."""
    write("left unread")
    back_up(new.conninfo(Role.OWNER), file)
    if old.binaries().major < new.binaries().major:
        return  # there is no way back to an older version
    with psycopg.connect(old.conninfo(Role.KEEPER, "postgres"), autocommit=True) as keeper:
        keeper.execute(f"CREATE DATABASE back OWNER {Role.OWNER}")
    restore(old.conninfo(Role.OWNER, "back"), file)
    with on_server(old, "back"):
        assert ensure_epoch() == 3
        with written_meanwhile("back"):
            read_all()
        read_all()
        assert seen() == committed_keys()
        assert "left unread" in seen()
        assert Timeline.objects.get().epoch == 3


def test_the_lag_tells_what_waits_and_for_whom(committed):
    ensure_epoch()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (key text)")
    read_all()
    assert oldest_writer().total_seconds() == 0
    with psycopg.connect(committed.conninfo(Role.OWNER, "committed")) as other:
        other.execute("SELECT pg_current_xact_id()")
        write("waits")
        read_all()
        (lag,) = lags()
        assert (lag.reader, lag.n_unread) == ("keeper", 1)
        assert 0 < lag.waits.total_seconds() <= oldest_writer().total_seconds()
    read_all()
    (lag,) = lags()
    assert (lag.n_unread, lag.waits.total_seconds(), seen()) == (0, 0, ["waits"])
    assert Reader.objects.get().n_failures == 0
