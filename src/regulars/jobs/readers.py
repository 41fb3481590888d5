"""Readers of the timeline: one loop a subscriber, for as long as the worker lives."""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import Error, connection

from regulars.book.services.reading import BATCH, note_failure, read_events
from regulars.jobs.subscriptions import Subscription

# Asking is one look into an index. NOTIFY would be quicker, but every transaction that notifies
# commits after the other: it takes a lock that is the same for all of them.
IDLE_SECONDS = 0.5
LONGEST_PAUSE = 300.0
_log = logging.getLogger(__name__)


@contextmanager
def reading(subscriptions: Iterable[Subscription]) -> Iterator[None]:
    """Read for these subscribers meanwhile; at the end each finishes the batch it is at."""
    stop = threading.Event()
    loops = [
        threading.Thread(target=_read_until, args=(stop, each), name=f"reader {each.name}")
        for each in subscriptions
    ]
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        stop.set()
        for loop in loops:
            loop.join()


def take_turn(subscription: Subscription) -> float:
    """Read what is there, a batch at most; gives the seconds to wait until the next turn.

    What a subscriber cannot handle is never passed over: it is noted, and tried again and again,
    later each time.
    """
    try:
        n_read = _read(subscription, BATCH)
    except Exception:  # noqa: BLE001 - the one event it is about is found, told and noted below
        return _take_one_by_one(subscription)
    finally:
        connection.close()
    return 0.0 if n_read == BATCH else IDLE_SECONDS


def _take_one_by_one(subscription: Subscription) -> float:
    """Up to the one event that cannot be handled, so that only that one and what follows wait."""
    try:
        for _ in range(BATCH):
            if not _read(subscription, 1):
                break
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, its loop goes on
        return _pause_after(subscription, error)
    return 0.0


def _pause_after(subscription: Subscription, error: Exception) -> float:
    try:
        n_failures = note_failure(subscription.name, error)
    except Error:
        _log.warning("%s cannot read: the database does not answer", subscription.name)
        return IDLE_SECONDS
    _log.error("%s cannot handle what comes next", subscription.name, exc_info=error)
    return min(2.0 ** (n_failures - 1), LONGEST_PAUSE)


def _read(subscription: Subscription, at_most: int) -> int:
    return read_events(
        subscription.name, subscription.handle, kinds=subscription.kinds, at_most=at_most
    )


def _read_until(stop: threading.Event, subscription: Subscription) -> None:
    while not stop.is_set():
        stop.wait(take_turn(subscription))
