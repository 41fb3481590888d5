"""The worker's readers of the timeline: what they keep, and what they do when a handler breaks."""

import threading
import time

import pytest
from django.utils import timezone

from regulars.book.models import EventCount, Reader
from regulars.book.queries.event_counts import n_events_by_kind
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.event_counts import count_events
from regulars.book.services.events import record_event
from regulars.jobs.readers import IDLE_SECONDS, reading, take_turn
from regulars.jobs.subscriptions import Subscription

pytestmark = pytest.mark.usefixtures("committed")
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def epoch(committed):
    ensure_epoch()


def write(key, kind="visit", at=NOON):
    record_event(kind, customer=None, occurred_at=at, source="test", source_key=str(key))


class Kept:
    """A subscriber that keeps in memory what it was handed, and breaks where it is told."""

    def __init__(self, breaks_at=None, kinds=None):
        self.keys, self.breaks_at = [], breaks_at
        self.subscription = Subscription("kept", self.take, kinds)

    def take(self, events):
        keys = [event.source_key for event in events]
        if self.breaks_at in keys:
            raise ValueError(f"no such product\nDETAIL: {self.breaks_at}")
        self.keys += keys


def test_events_are_counted_once_by_kind_and_quarter():
    counting = Subscription("event_counts", count_events)
    for n, minute in enumerate((0, 14, 15, 59)):
        write(n, at=NOON.replace(minute=minute))
    write("call", kind="call")
    assert take_turn(counting) == IDLE_SECONDS
    write("late", at=NOON.replace(minute=3))
    take_turn(counting)
    take_turn(counting)
    rows = EventCount.objects.order_by("began_at", "kind")
    assert [(row.began_at.minute, row.kind, row.n) for row in rows] == [
        (0, "call", 1),
        (0, "visit", 3),
        (15, "visit", 1),
        (45, "visit", 1),
    ]
    one_o_clock = NOON.replace(hour=13)
    assert n_events_by_kind(start=NOON, end=one_o_clock) == {"visit": 5, "call": 1}
    assert n_events_by_kind(start=NOON, end=NOON.replace(minute=15)) == {"visit": 3, "call": 1}
    assert n_events_by_kind(start=one_o_clock, end=NOON.replace(hour=14)) == {}


def test_a_subscriber_is_handed_the_kinds_it_wants_and_passes_the_others():
    write("a")
    write("b", kind="call")
    kept = Kept(kinds=frozenset({"call"}))
    assert take_turn(kept.subscription) == IDLE_SECONDS
    assert take_turn(kept.subscription) == IDLE_SECONDS
    assert kept.keys == ["b"]


def test_a_full_batch_is_followed_by_the_next_without_a_pause(monkeypatch):
    monkeypatch.setattr("regulars.jobs.readers.BATCH", 2)
    for n in range(3):
        write(n)
    kept = Kept()
    assert [take_turn(kept.subscription) for _ in range(2)] == [0.0, IDLE_SECONDS]
    assert kept.keys == ["0", "1", "2"]


def test_what_cannot_be_handled_is_noted_waited_for_longer_each_time_and_never_passed_over():
    for n in range(4):
        write(n)
    kept = Kept(breaks_at="2")
    assert [take_turn(kept.subscription) for _ in range(3)] == [1.0, 2.0, 4.0]
    assert kept.keys == ["0", "1"]
    reader = Reader.objects.get(name="kept")
    assert (reader.n_failures, reader.last_error) == (3, "ValueError: no such product")
    assert reader.failed_at is not None
    kept.breaks_at = None
    assert take_turn(kept.subscription) == IDLE_SECONDS
    assert kept.keys == ["0", "1", "2", "3"]
    assert Reader.objects.get(name="kept").n_failures == 0


def test_the_longest_pause_is_five_minutes():
    write("x")
    kept = Kept(breaks_at="x")
    take_turn(kept.subscription)
    Reader.objects.update(n_failures=40)
    assert take_turn(kept.subscription) == 300.0


def test_the_loops_read_what_is_written_meanwhile_and_end_when_told():
    kept, stuck = Kept(), Kept(breaks_at="1")
    stuck.subscription = Subscription("stuck", stuck.take)
    with reading([kept.subscription, stuck.subscription]):
        write("1")
        until = time.monotonic() + 30
        while not (kept.keys and Reader.objects.filter(n_failures__gt=0).exists()):
            assert time.monotonic() < until
            time.sleep(0.05)
    assert (kept.keys, stuck.keys) == (["1"], [])
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reader")]
