"""What a webhook says: ids, codes, amounts and times, as the timeline; no name, text or address."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from regulars.book.models import Event
from regulars.kit.ids import readable
from regulars.messages.models.endpoint import PayloadStyle

# What an event speaks of -> how ids of it begin.
PREFIXES = {
    "customer": "cus",
    "order": "ord",
    "return": "ret",
    "invoice": "inv",
    "dispute": "dis",
    "promise": "prm",
    "contact": "con",
    "consent": "act",
    "message": "msg",
    "webhook": "whk",
}
PING = "webhook.ping"


def event_id(event: Event) -> str:
    """The id of an event as the API has it, and of every webhook that tells of it."""
    return f"evt_{event.position}"


def payload_of(event: Event, whole: UUID | None, style: PayloadStyle) -> Mapping[str, Any]:
    """What is told of an event of a customer, `whole` for short; the sequence is added later."""
    prefix = PREFIXES.get(event.subject)
    data: dict[str, Any] = {
        "customer": readable("cus", whole) if whole else None,
        "subject": event.subject or None,
        "subject_id": readable(prefix, event.subject_id) if prefix and event.subject_id else None,
    }
    if style is PayloadStyle.FULL:
        data |= {
            "channel": event.channel or None,
            "amount_minor": event.amount_minor,
            "currency": event.currency or None,
            "codes": event.codes,
            "recorded_at": _moment(event.recorded_at),
            "source": event.source,
        }
    return {
        "id": event_id(event),
        "kind": event.kind,
        "occurred_at": _moment(event.occurred_at),
        "data": data,
    }


def body_of(payload: Mapping[str, Any], sequence: int | None) -> bytes:
    """The body; a replay says the sequence that it had the first time."""
    return json.dumps({"sequence": sequence} | dict(payload), ensure_ascii=False).encode()


def _moment(at: Any) -> str:
    return str(at.isoformat().replace("+00:00", "Z"))
