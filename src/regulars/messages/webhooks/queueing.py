"""Into the outbox: what happened, once for each endpoint that asked for it.

The events are queued in the transaction that moves their reader's place, so each is queued exactly
once, and in the order of the timeline. No customer is held for it: a webhook holds ids and codes
alone, and what is told of somebody before their erasure is followed by word of the erasure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from regulars.book.models import Customer, Event
from regulars.book.models.consent import MessagePurpose
from regulars.messages.models import Outgoing, OutgoingContent
from regulars.messages.models.endpoint import Endpoint, EndpointState, PayloadStyle
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from regulars.messages.webhooks.health import STOPPED
from regulars.messages.webhooks.payload import payload_of

# Takes names of lanes and how many places each gives out; gives the last place of each. In the
# order of their names, so that two who take places at once do not wait for each other in turn.
TAKE_PLACES = """
INSERT INTO message_lane AS lane (name, last_sequence)
SELECT name, n FROM unnest(%s::text[], %s::bigint[]) AS asked (name, n) ORDER BY name
ON CONFLICT (name) DO UPDATE SET last_sequence = lane.last_sequence + excluded.last_sequence
RETURNING name, last_sequence
"""


@dataclass(frozen=True)
class Telling:
    """One event for one endpoint."""

    endpoint: Endpoint
    kind: str
    key: str
    lane: str  # empty: in any order
    payload: Mapping[str, Any]


def queue_webhooks(events: Sequence[Event]) -> None:
    """Queue events for the endpoints; the handler of the timeline's reader."""
    # Held, so that nobody resumes one meanwhile and what is queued here stays behind, paused.
    endpoints = list(
        Endpoint.objects.exclude(state=EndpointState.DISABLED)
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    if not endpoints:
        return
    wholes = wholes_of(events)
    queue_all(
        [
            Telling(
                endpoint,
                event.kind,
                key_of(endpoint.pk, event),
                lane_of(endpoint.pk, wholes.get(event.customer_id)),
                payload_of(event, wholes.get(event.customer_id), PayloadStyle(endpoint.payload)),
            )
            for event in events
            for endpoint in endpoints
            if is_for(event, endpoint) and event.recorded_at >= endpoint.made_at
        ]
    )


def is_for(event: Event, endpoint: Endpoint) -> bool:
    """Whether an endpoint is told of an event; of itself it is not."""
    return endpoint.wants(event.kind) and event.subject_id != endpoint.pk


def key_of(endpoint_id: UUID, event: Event) -> str:
    """What an event is queued under the first time."""
    return f"webhook:{endpoint_id}:{event.position}"


def lane_of(endpoint_id: UUID, whole: UUID | None, suffix: str = "") -> str:
    """The lane of a customer at an endpoint."""
    return f"{endpoint_id}:{whole}{suffix}" if whole else ""


def wholes_of(events: Iterable[Event]) -> Mapping[UUID | None, UUID]:
    """By the customer of an event, who stands for them now; one statement."""
    ids = {event.customer_id for event in events if event.customer_id is not None}
    return {each.pk: each.whole_id for each in Customer.objects.filter(pk__in=ids)}


def queue_all(tellings: Sequence[Telling]) -> int:
    """Queue them in their order; gives how many. Their endpoints are held."""
    now = timezone.now()
    places = _places(Counter(telling.lane for telling in tellings if telling.lane))
    made = [_outgoing(telling, places, now) for telling in tellings]
    Outgoing.objects.bulk_create(made)
    contents = zip(made, tellings, strict=True)
    OutgoingContent.objects.bulk_create(
        OutgoingContent(outgoing=message, payload=telling.payload) for message, telling in contents
    )
    return len(made)


def _outgoing(telling: Telling, places: dict[str, int], now: datetime) -> Outgoing:
    endpoint = telling.endpoint
    is_enabled = endpoint.state == EndpointState.ENABLED
    sequence = None
    if telling.lane:
        places[telling.lane] += 1
        sequence = places[telling.lane]
    return Outgoing(
        channel=OutgoingChannel.WEBHOOK,
        purpose=MessagePurpose.SERVICE,
        kind=telling.kind,
        key=telling.key,
        endpoint_id=endpoint.pk,
        lane_id=telling.lane or None,
        sequence=sequence,
        state=OutgoingState.WAITING if is_enabled else OutgoingState.PAUSED,
        fate="" if is_enabled else STOPPED,
        not_before=now,
        next_try_at=max(endpoint.held_until or now, now),
    )


def _places(asked: Mapping[str, int]) -> dict[str, int]:
    """The last place of each lane before these."""
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TAKE_PLACES, [list(asked), list(asked.values())])
        return {name: last - asked[name] for name, last in cursor.fetchall()}
