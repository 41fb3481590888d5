"""The worker's senders: what they do when nothing can be sent, and when they are killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError
from django.utils import timezone

from regulars.book.services.epochs import ensure_epoch
from regulars.jobs.senders import IDLE_SECONDS, N_SENDERS, Sender, sending
from regulars.kit.postgres import Role
from regulars.messages.carriers.carrier import Unreachable
from regulars.messages.models import Outgoing
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from tests.messages.outgoing import SENDER, Kept, queued
from tests.support.house_database import NAME
from tests.support.mail_server import mail_server

pytestmark = pytest.mark.usefixtures("committed")
N_MAILS, KILLS, SENDERS = 60, 3, N_SENDERS[OutgoingChannel.EMAIL]


class Away(Kept):
    def open(self):
        raise Unreachable("mail_server_unreachable", "refused")


def test_where_nothing_can_be_sent_the_pauses_grow_until_it_can(caplog):
    queued()
    sender = Sender(Away())
    assert [sender.take_turn() for _ in range(4)] == [1.0, 2.0, 4.0, 8.0]
    assert "no email can be sent: mail_server_unreachable refused" in caplog.text
    sender.carrier = Kept()
    assert sender.take_turn() == IDLE_SECONDS
    queued("m2")
    sender.carrier = Away()
    assert sender.take_turn() == 1.0


def test_the_longest_pause_is_five_minutes():
    queued()
    sender = Sender(Away())
    assert [sender.take_turn() for _ in range(12)][-1] == 300.0


def test_without_a_database_the_sender_waits_and_goes_on(monkeypatch):
    def away(*_args, **_more):
        raise OperationalError("gone")

    monkeypatch.setattr("regulars.jobs.senders.send_next", away)
    assert Sender(Kept()).take_turn() == 1.0


def test_a_full_batch_is_followed_by_the_next_without_a_pause(monkeypatch):
    monkeypatch.setattr("regulars.jobs.senders.BATCH", 1)
    queued()
    sender = Sender(Kept())
    assert [sender.take_turn() for _ in range(2)] == [0.0, IDLE_SECONDS]


def test_the_loops_send_what_is_queued_meanwhile_and_end_when_told():
    made = []

    def factory():
        made.append(Kept())
        return made[-1]

    with sending({OutgoingChannel.EMAIL: factory}):
        queued()
        until = time.monotonic() + 30
        while not any(carrier.sent for carrier in made):
            assert time.monotonic() < until
            time.sleep(0.05)
    assert Outgoing.objects.get().state == OutgoingState.SENT
    assert [carrier.n_closed for carrier in made] == [1] * SENDERS
    assert not [each for each in threading.enumerate() if each.name.startswith("sender")]


@pytest.fixture
def worker(house_server, tmp_path):
    """Starts the worker as the house does, on the database of this test."""
    told = psycopg.conninfo.conninfo_to_dict(house_server.conninfo(Role.OWNER))
    address = "postgresql://{user}:{password}@/{name}?host={host}&port={port}".format(
        name=NAME, **told
    )
    running, log = [], (tmp_path / "log").open("w")

    def start(port):
        environment = os.environ | {
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "regulars.settings",
            "REGULARS_SECRET_KEY": "for tests alone; nothing real is signed with this key",
            "REGULARS_MAIL": f"smtp+plain://127.0.0.1:{port}",
            "REGULARS_MAIL_FROM": SENDER,
        }
        command = [sys.executable, "-m", "regulars.jobs"]
        running.append(subprocess.Popen(command, env=environment, stderr=log))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()
    log.close()
    assert "Traceback" not in (tmp_path / "log").read_text()


def leases_are_over():
    """As if the time of the leases had passed since."""
    long_ago = timezone.now() - timedelta(hours=1)
    Outgoing.objects.filter(state=OutgoingState.LEASED).update(lease_until=long_ago)


def test_a_worker_that_is_killed_again_and_again_loses_no_mail(worker):
    """Each mail comes once, or twice and then with the same Message-ID: never none."""
    ensure_epoch()
    for n in range(N_MAILS):
        queued(f"m{n}", address=f"ana{n}@example.org")
    with mail_server() as (received, port):
        received.delay = 0.02
        for kill in range(1, KILLS + 1):
            process = worker(port)
            received.until(kill * N_MAILS // (KILLS + 1))
            process.send_signal(signal.SIGKILL)
            process.wait()
            leases_are_over()
        worker(port)
        until = time.monotonic() + 60
        while Outgoing.objects.exclude(state=OutgoingState.SENT).exists():
            assert time.monotonic() < until
            time.sleep(0.1)
    times = Counter(zip(received.recipients, received.ids, strict=True))
    assert len(times) == len({to for to, _ in times}) == N_MAILS
    doubles = [n for n in times.values() if n > 1]
    assert max(times.values()) <= 1 + KILLS
    assert len(doubles) <= KILLS * SENDERS
    known = set(Outgoing.objects.values_list("provider_id", flat=True))
    assert {message_id for _, message_id in times} == known
