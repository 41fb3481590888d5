"""Senders of the outbox: a few loops a channel, for as long as the worker lives."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import Error, connection

from regulars.messages.carriers.carrier import Carrier, Unreachable
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.registry import Factory
from regulars.messages.services.sending import BATCH, send_next

IDLE_SECONDS = 0.5
LONGEST_PAUSE = 300.0
# How many messages of a channel are on their way at once.
N_SENDERS = {OutgoingChannel.EMAIL: 4, OutgoingChannel.SMS: 1, OutgoingChannel.WEBHOOK: 2}
_log = logging.getLogger(__name__)


@contextmanager
def sending(factories: Mapping[OutgoingChannel, Factory]) -> Iterator[None]:
    """Send meanwhile; at the end each sender finishes the message at hand and lays back others."""
    stop = threading.Event()
    loops = [
        threading.Thread(target=_send_until, args=(stop, factory), name=f"sender {channel} {n}")
        for channel, factory in factories.items()
        for n in range(N_SENDERS[channel])
    ]
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        stop.set()
        for loop in loops:
            loop.join()


class Sender:
    """One loop's carrier, and how often in a row nothing could be sent."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        self._n_failures = 0

    def take_turn(self, until: Callable[[], bool] = lambda: False) -> float:
        """Send what is ready, a batch at most; gives the seconds to wait until the next turn."""
        try:
            n_taken = send_next(self.carrier, until=until)
        except Unreachable as error:
            return self._pause(f"{error.reason} {error.answer}")
        except Error as error:
            return self._pause(f"the database does not answer: {type(error).__name__}")
        finally:
            connection.close()
        self._n_failures = 0
        return 0.0 if n_taken == BATCH else IDLE_SECONDS

    def _pause(self, why: str) -> float:
        self._n_failures += 1
        _log.warning("no %s can be sent: %s", self.carrier.channel, why)
        return min(2.0 ** (self._n_failures - 1), LONGEST_PAUSE)


def _send_until(stop: threading.Event, factory: Factory) -> None:
    sender = Sender(factory())
    try:
        while not stop.is_set():
            stop.wait(sender.take_turn(stop.is_set))
    finally:
        sender.carrier.close()
