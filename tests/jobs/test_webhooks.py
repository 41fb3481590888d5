"""The worker tells endpoints what happens, also where it is killed in between."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from regulars.book.services.epochs import ensure_epoch
from regulars.jobs.subscriptions import SUBSCRIPTIONS
from regulars.kit.postgres import Role
from regulars.messages.models import Outgoing
from regulars.messages.models.outgoing import OutgoingState
from regulars.messages.webhooks.queueing import queue_webhooks
from tests.book.shop import customer
from tests.messages.webhooked import LOOPBACK, bodies, endpoint, happened, ids, names
from tests.support.house_database import NAME
from tests.support.web_server import web_server

pytestmark = pytest.mark.usefixtures("committed")
KILLS, N_EVENTS = 3, 8
KEY = "for tests alone; nothing real is signed with this key"


@pytest.fixture
def worker(house_server, tmp_path):
    """Starts the worker as the house does, on the database of this test."""
    told = psycopg.conninfo.conninfo_to_dict(house_server.conninfo(Role.OWNER))
    address = "postgresql://{user}:{password}@/{name}?host={host}&port={port}".format(
        name=NAME, **told
    )
    running, log = [], (tmp_path / "log").open("w")

    def start():
        environment = os.environ | {
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "regulars.settings",
            "REGULARS_SECRET_KEY": KEY,
            "REGULARS_WEBHOOK_NETWORKS": "127.0.0.1/32",
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


def until(holds):
    ends_at = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.02)


def is_over():
    queued = Outgoing.objects.filter(kind="order.placed")
    return queued.count() == 2 * N_EVENTS and not queued.exclude(state="sent").exists()


def test_the_reader_of_webhooks_is_among_those_the_worker_runs():
    assert [each.kinds for each in SUBSCRIPTIONS if each.handle is queue_webhooks] == [None]


def test_a_worker_killed_between_commit_and_send_loses_none_and_keeps_the_order(worker, settings):
    """Killed while it reads and sends: each comes once, or again under the same id."""
    settings.WEBHOOK_REACH = LOOPBACK
    ensure_epoch()
    ana, bo = customer("Ana"), customer("Bo")
    with web_server((204, "")) as shop:
        endpoint(shop.url, kinds=["order.placed"])
        hers, his = happened(ana, N_EVENTS), happened(bo, N_EVENTS)
        for kill in range(1, KILLS + 1):
            process = worker()
            until(lambda: len(shop.asked) >= kill * N_EVENTS // (KILLS + 1))  # noqa: B023
            process.send_signal(signal.SIGKILL)
            process.wait()
            long_ago = timezone.now() - timedelta(hours=1)
            Outgoing.objects.filter(state=OutgoingState.LEASED).update(lease_until=long_ago)
        worker()
        until(is_over)
    times = Counter(ids(shop.asked))
    assert set(times) == {*names(hers), *names(his)}
    assert sum(times.values()) - len(times) <= 2 * KILLS
    for mine in (names(hers), names(his)):
        first = list(dict.fromkeys(each for each in ids(shop.asked) if each in mine))
        assert first == mine
    sequences = {body["id"]: body["sequence"] for body in bodies(shop.asked)}
    assert [sequences[each] for each in names(hers)] == list(range(1, N_EVENTS + 1))
