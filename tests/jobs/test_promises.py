"""Deadlines kept by a real worker that is really killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.book.models import Event
from regulars.book.models.promise import PromiseKind
from regulars.book.services.promises import make_promise
from regulars.kit.postgres import Role
from tests.support.cast import customer, told
from tests.support.house import CLEAN, WAIT
from tests.support.house_database import NAME

pytestmark = pytest.mark.usefixtures("committed")


@contextmanager
def worker(server):
    """The worker as the house starts it, with the rights it has there; killed without warning."""
    address = server.address(Role.APP).replace("@/regulars?", f"@/{NAME}?")
    told_to_it = {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "regulars.settings",
        "REGULARS_SECRET_KEY": "for tests alone " * 5,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "regulars.jobs"],
        env=CLEAN | told_to_it | {"PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(WAIT)


def promise_due_in(seconds, who):
    """A delivery, promised an hour ago."""
    now = timezone.now()
    return make_promise(
        who,
        kind=PromiseKind.DELIVERY,
        made_at=now - timedelta(hours=1),
        due_at=now + timedelta(seconds=seconds),
        **told(),
    )


def broken(promise):
    return Event.objects.filter(kind="promise.broken", subject_id=promise.pk)


def until_broken(promise):
    until = time.monotonic() + WAIT
    while not (found := broken(promise).first()):
        assert time.monotonic() < until, "never recorded as broken"
        time.sleep(0.2)
    return found


def test_what_became_due_while_the_worker_was_dead_is_broken_at_its_own_moment(committed):
    ana, bo = customer(), customer("Bo")
    with worker(committed):
        first = promise_due_in(0.5, ana)
        assert until_broken(first).occurred_at == first.due_at
    second = promise_due_in(0.2, bo)
    while timezone.now() <= second.due_at:
        time.sleep(0.05)
    assert not broken(second).exists()
    restarted_at = timezone.now()
    with worker(committed):
        event = until_broken(second)
    assert event.occurred_at == second.due_at < restarted_at < event.recorded_at
    kinds = list(Event.objects.filter(subject="promise").values_list("kind", flat=True))
    # What was still to come when the first worker looked may have been warned of in time.
    kinds = sorted(kind for kind in kinds if kind != "promise.warned")
    assert kinds == ["promise.broken"] * 2 + ["promise.made"] * 2
