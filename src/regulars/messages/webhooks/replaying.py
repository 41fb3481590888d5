"""Telling an endpoint again what was told before, under the same ids."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from regulars.book.models import Event, Timeline
from regulars.book.queries.unread import OldestWriter
from regulars.company.models import ApiKey, Staff
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.ids import new_id
from regulars.kit.texts import N_
from regulars.messages.models import Outgoing
from regulars.messages.models.endpoint import Endpoint, PayloadStyle
from regulars.messages.webhooks.payload import payload_of
from regulars.messages.webhooks.queueing import (
    Telling,
    is_for,
    key_of,
    lane_of,
    queue_all,
    wholes_of,
)

MOST = 10_000


class TooManyToReplay(Refusal):
    """More happened in this time than can be told again at once."""

    def __init__(self) -> None:
        super().__init__(
            "too_many_to_replay",
            N_("More than {most} events lie between these moments."),
            N_("Choose a shorter time, and replay the rest after it."),
            most=MOST,
        )


class NothingBetween(Refusal):
    """A time that ends before it begins."""

    def __init__(self) -> None:
        super().__init__(
            "replay_ends_too_early",
            N_("The time to replay ends before it begins."),
            N_("Give the earlier moment first."),
        )


@transaction.atomic
def replay(endpoint: Endpoint, *, start: datetime, end: datetime, by: Staff | ApiKey) -> int:
    """Queue again what was written down in [start, end); gives how many events.

    Each has the id and the sequence of the first time; what still waits is left out, as it comes
    anyway. What was never queued for the endpoint, as it was disabled or not there yet, comes
    without a sequence. A customer's stay in order, beside what happens now.
    """
    if end <= start:
        raise NothingBetween
    held = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    events = _between(held, start, end)
    first = {
        told.key: told
        for told in Outgoing.objects.filter(key__in=[key_of(held.pk, each) for each in events])
    }
    repeated = [each for each in events if not _is_open(first.get(key_of(held.pk, each)))]
    wholes, replay_id = wholes_of(repeated), new_id()
    n = queue_all(
        [_again(event, held, wholes.get(event.customer_id), first, replay_id) for event in repeated]
    )
    audit.record_by(
        by,
        "webhook.replayed",
        subject_id=held.pk,
        start=start.isoformat(),
        end=end.isoformat(),
        n=n,
    )
    return n


def _between(endpoint: Endpoint, start: datetime, end: datetime) -> Sequence[Event]:
    """The events in the order of the timeline; those not settled yet come by themselves."""
    is_settled = Q(epoch__lt=Timeline.objects.values("epoch")) | Q(txid__lt=OldestWriter())
    kinds = Q(kind__in=endpoint.kinds) if endpoint.kinds else Q()
    found = Event.objects.filter(is_settled, kinds, recorded_at__gte=start, recorded_at__lt=end)
    events = list(found.order_by("epoch", "txid", "position")[: MOST + 1])
    if len(events) > MOST:
        raise TooManyToReplay
    return [event for event in events if is_for(event, endpoint)]


def _is_open(told: Outgoing | None) -> bool:
    return told is not None and told.is_open


def _again(
    event: Event,
    endpoint: Endpoint,
    whole: UUID | None,
    first: dict[str, Outgoing],
    replay_id: UUID,
) -> Telling:
    told = first.get(key_of(endpoint.pk, event))
    payload = payload_of(event, whole, PayloadStyle(endpoint.payload))
    return Telling(
        endpoint,
        event.kind,
        f"replay:{replay_id}:{event.position}",
        lane_of(endpoint.pk, whole, ":again"),
        {**payload, "sequence": told.sequence if told else None},
    )
