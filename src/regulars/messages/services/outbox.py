"""Into the outbox, in the transaction of what it is about; and out of it again, in time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regulars.book.models import Customer
from regulars.book.models.consent import MessagePurpose
from regulars.book.services.fitting import check_code
from regulars.book.services.telling import hold, refuse_erased
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_, Message
from regulars.messages.models import Lane, Outgoing, OutgoingContent
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from regulars.messages.services.fates import apply_decision, end
from regulars.messages.services.gate import decide
from regulars.messages.services.holding import hold_message

UNDO_WAIT = timedelta(seconds=20)
UNDONE = "undone"
_TOO_LATE = {
    OutgoingState.LEASED: N_("on its way"),
    OutgoingState.SENT: N_("sent"),
    OutgoingState.FAILED: N_("could not be sent"),
    OutgoingState.DROPPED: N_("not sent"),
    OutgoingState.MERGED: N_("said in another message"),
}


class MessageKeyTaken(Refusal):
    """A key stands for another message."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "message_key_taken",
            N_("The key {key} stands for another message already."),
            N_("Give every message a key of its own, and the same key only when repeating it."),
            key=key,
        )


class MessageGone(Refusal):
    """It is too late to take a message back."""

    def __init__(self, state: OutgoingState) -> None:
        super().__init__(
            "message_gone",
            N_("This message cannot be taken back: it is {state}."),
            N_("Write again, and say what was wrong."),
            state=Message(_TOO_LATE[state]),
        )


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message to go out. `key` is what makes it this message: the same again is queued once."""

    channel: OutgoingChannel
    kind: str
    purpose: MessagePurpose
    key: str
    payload: Mapping[str, Any] = field(repr=False)
    address: str = ""
    customer: Customer | None = None
    endpoint_id: UUID | None = None
    lane: str = ""  # those of one lane leave one after another
    priority: int = 5
    not_before: datetime | None = None
    expires_at: datetime | None = None


@transaction.atomic
def queue(draft: Draft, *, by: UUID | None) -> Outgoing:
    """Put a message into the outbox; gives the one that is there where the key was queued before.

    What a person sends waits so that it can be undone. What the gate refuses at once is kept too,
    with its fate.
    """
    check_code("kind", draft.kind, most=60)
    if draft.customer is not None:
        refuse_erased(hold(draft.customer))
    now = timezone.now()
    earliest = draft.not_before or now
    not_before = max(earliest, now + UNDO_WAIT) if by is not None else earliest
    made, is_new = Outgoing.objects.get_or_create(
        key=draft.key,
        defaults={
            "channel": draft.channel,
            "customer": draft.customer,
            "purpose": draft.purpose,
            "kind": draft.kind,
            "endpoint_id": draft.endpoint_id,
            "priority": draft.priority,
            "not_before": not_before,
            "next_try_at": not_before,
            "expires_at": draft.expires_at,
        }
        | _place_in(draft),
    )
    if not is_new:
        return _the_same(made, draft)
    OutgoingContent.objects.create(
        outgoing=made, address=draft.address, payload=dict(draft.payload)
    )
    if by is not None:
        audit.record("message.queued", by=by, subject_id=made.pk, kind=made.kind)
    apply_decision(made, decide(made, at=now), at=now)
    return made


@transaction.atomic
def cancel(message: Outgoing, *, by: UUID | None) -> Outgoing:
    """Take a message back that no sender has in hand yet; a repeated call changes nothing."""
    if (locked := hold_message(message.pk)) is None:
        raise Outgoing.DoesNotExist(message.pk)
    if (locked.state, locked.fate) == (OutgoingState.DROPPED, UNDONE):
        return locked
    if locked.state in _TOO_LATE:
        raise MessageGone(OutgoingState(locked.state))
    end(locked, OutgoingState.DROPPED, fate=UNDONE, at=timezone.now())
    if by is not None:
        audit.record("message.undone", by=by, subject_id=locked.pk, kind=locked.kind)
    return locked


def _place_in(draft: Draft) -> dict[str, object]:
    """The lane's next place; its row is held, so places are given in the order of commits."""
    if not draft.lane:
        return {}
    Lane.objects.get_or_create(name=draft.lane)
    lane = Lane.objects.select_for_update().get(name=draft.lane)
    if Outgoing.objects.filter(key=draft.key).exists():
        return {}
    lane.last_sequence += 1
    lane.save(update_fields=["last_sequence"])
    return {"lane": lane, "sequence": lane.last_sequence}


def _the_same(made: Outgoing, draft: Draft) -> Outgoing:
    customer_id = draft.customer.pk if draft.customer else None
    told = (draft.channel, draft.kind, draft.purpose, customer_id, draft.endpoint_id)
    if (made.channel, made.kind, made.purpose, made.customer_id, made.endpoint_id) != told:
        raise MessageKeyTaken(draft.key)
    return made
