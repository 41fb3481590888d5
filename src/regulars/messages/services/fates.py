"""What becomes of a message, and that it is told: in its row, and in the customer's timeline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.book.services.events import record_event
from regulars.messages.deciding import Decision, Verdict
from regulars.messages.models import Outgoing
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState

SOURCE = "messages"


@transaction.atomic(savepoint=False)
def end(
    message: Outgoing, state: OutgoingState, *, at: datetime, fate: str = "", **more: Any
) -> None:
    """Bring a message that is held to its end, and write it into the timeline."""
    _set(message, state, fate=fate, ended_at=at, **more)
    _tell(message, state, at=at)


@transaction.atomic(savepoint=False)
def put_off(message: Outgoing, reason: str, *, until: datetime, at: datetime) -> None:
    """Put a message off that is held; its own time does not become earlier by it."""
    _set(
        message,
        OutgoingState.DEFERRED,
        fate=reason,
        next_try_at=max(until, message.next_try_at),
        n_deferrals=message.n_deferrals + 1,
    )
    _tell(message, OutgoingState.DEFERRED, at=at, key=f"deferred:{message.n_deferrals}")


@transaction.atomic(savepoint=False)
def wait(message: Outgoing, state: OutgoingState, *, fate: str, next_try_at: datetime) -> None:
    """Lay a message that is held back for another try, or until somebody lets it go on."""
    _set(message, state, fate=fate, next_try_at=next_try_at)


def apply_decision(message: Outgoing, decision: Decision, *, at: datetime) -> bool:
    """Do to a message that is held what the gate said; gives whether it may go."""
    match decision.verdict:
        case Verdict.SEND:
            return True
        case Verdict.DEFER:
            put_off(message, decision.reason, until=decision.until or at, at=at)
        case Verdict.DROP:
            end(message, OutgoingState.DROPPED, fate=decision.reason, at=at)
        case Verdict.MERGE:
            into = decision.into
            end(message, OutgoingState.MERGED, fate=decision.reason, at=at, merged_into_id=into)
    return False


def _set(message: Outgoing, state: OutgoingState, **fields: Any) -> None:
    fields |= {"state": state, "lease_id": None, "lease_until": None}
    for name, value in fields.items():
        setattr(message, name, value)
    message.save(update_fields=list(fields))


def _tell(message: Outgoing, state: OutgoingState, *, at: datetime, key: str = "") -> None:
    """Into the timeline, where it went to a customer; webhooks tell of the timeline themselves."""
    if message.customer is None or message.channel == OutgoingChannel.WEBHOOK:
        return
    codes: dict[str, str] = {"message": message.kind, "purpose": message.purpose}
    if message.fate:
        codes["fate"] = message.fate
    if message.merged_into_id is not None:
        codes["into"] = _id(message.merged_into_id)
    record_event(
        f"message.{state}",
        customer=message.customer,
        occurred_at=at,
        source=SOURCE,
        source_key=f"{message.pk}:{key or state}",
        channel=message.channel,
        subject="message",
        subject_id=message.pk,
        codes=codes,
    )


def _id(value: UUID) -> str:
    return str(value)
