"""What a carrier is, and what it is handed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState


class Temporary(Exception):
    """Not now: the message is tried again. Where it is not known whether it went, it is this."""

    def __init__(self, reason: str, answer: str = "", *, wait: timedelta | None = None) -> None:
        super().__init__(reason, answer)
        self.reason, self.answer, self.wait = reason, answer, wait


class Unreachable(Temporary):
    """The provider as a whole does not take anything now; no message is to blame for it."""


class Permanent(Exception):
    """Never: the other side refused this message for good."""

    def __init__(self, reason: str, answer: str = "") -> None:
        super().__init__(reason, answer)
        self.reason, self.answer = reason, answer


@dataclass(frozen=True)
class Patience:
    """How often a message is tried again: later each time, until it is given up."""

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=4)
    give_up_after: timedelta = timedelta(hours=48)
    given_up: OutgoingState = OutgoingState.FAILED

    def wait(self, attempts: int) -> timedelta:
        """How long after so many tries: doubled with each."""
        doubled: int = 2 ** min(attempts - 1, 20)
        return min(self.first * doubled, self.longest)


@dataclass(frozen=True)
class Dispatch:
    """A message as a carrier is handed it."""

    id: UUID
    key: str  # the same at every try: what is told to the provider as well
    kind: str
    purpose: str
    address: str
    payload: dict[str, Any] = field(repr=False)
    admitted_at: datetime  # the first time, so the same at every try
    attempt: int
    customer_id: UUID | None = None
    endpoint_id: UUID | None = None
    sequence: int | None = None


class Carrier(Protocol):
    """Takes messages out, one at a time; one sender has it, so that it may keep a connection."""

    channel: OutgoingChannel
    patience: Patience

    def open(self) -> None:
        """Be ready to send; raises `Unreachable` where nothing can be sent now."""
        ...

    def send(self, dispatch: Dispatch) -> str:
        """Send, and give the provider's id of it; raises `Temporary` or `Permanent`."""
        ...

    def close(self) -> None:
        """Let go of what it holds; the next `send` opens it again."""
        ...
