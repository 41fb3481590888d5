"""What the gate says of a message: let it go, put it off, drop it, or say it in another one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Verdict(StrEnum):
    """What becomes of a message now."""

    SEND = "send"
    DEFER = "defer"
    DROP = "drop"
    MERGE = "merge"


@dataclass(frozen=True)
class Decision:
    """One verdict. What is not sent has a reason: a code that is kept as the message's fate."""

    verdict: Verdict
    reason: str = ""
    until: datetime | None = None  # of those put off
    into: UUID | None = None  # of those said in another message


SEND = Decision(Verdict.SEND)


def defer(reason: str, *, until: datetime) -> Decision:
    """Put a message off."""
    return Decision(Verdict.DEFER, reason, until=until)


def drop(reason: str) -> Decision:
    """Never send a message."""
    return Decision(Verdict.DROP, reason)


def merge(reason: str, *, into: UUID) -> Decision:
    """Say a message in another one."""
    return Decision(Verdict.MERGE, reason, into=into)
