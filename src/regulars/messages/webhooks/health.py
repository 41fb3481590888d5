"""How an endpoint is doing: left alone while it cannot be reached, paused when that goes on."""

import random
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from regulars.book.services.events import record_event
from regulars.company.services import audit
from regulars.messages.models import Outgoing
from regulars.messages.models.endpoint import Endpoint, EndpointState
from regulars.messages.models.outgoing import OPEN_STATES, READY_STATES, OutgoingState

SOURCE = "messages"
PATIENT_FOR = timedelta(hours=24)
# A little earlier, so that the last try falls within them.
LAST_TRY_AFTER = PATIENT_FOR - timedelta(minutes=1)
_FIRST_HOLD, _LONGEST_HOLD = timedelta(seconds=5), timedelta(minutes=30)
STOPPED = "endpoint_stopped"  # the fate of what waits at one that is not enabled


class Why(StrEnum):
    """Why an endpoint is not told what happens."""

    BY_HAND = "by_hand"
    TRIES_USED_UP = "tries_used_up"  # nothing arrived for 24 hours
    GONE = "gone"  # it answered 410


def open_at(endpoint_id: UUID) -> QuerySet[Outgoing]:
    """What still has to go to an endpoint."""
    return Outgoing.objects.filter(endpoint_id=endpoint_id, state__in=OPEN_STATES)


def note_delivered(endpoint: Endpoint) -> None:
    """It took something: whatever was wrong is over."""
    if endpoint.failing_since is not None:
        fresh = {"failing_since": None, "n_unreachable": 0, "held_until": None}
        Endpoint.objects.filter(pk=endpoint.pk).update(**fresh)


@transaction.atomic
def note_failure(endpoint_id: UUID, *, asked_wait: timedelta | None, is_whole: bool) -> datetime:
    """Something did not arrive; gives until when the endpoint is left alone, now for not at all.

    `is_whole` where it is the endpoint's and not this message's fault: then all that waits for it
    waits longer. Where nothing arrived for 24 hours it is paused.
    """
    endpoint = Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()
    now = timezone.now()
    if endpoint is None or endpoint.state != EndpointState.ENABLED:
        return now
    endpoint.failing_since = endpoint.failing_since or now
    if now - endpoint.failing_since >= LAST_TRY_AFTER:
        _stop(endpoint, EndpointState.PAUSED, Why.TRIES_USED_UP, at=now)
        return now
    is_held = endpoint.held_until is not None and endpoint.held_until > now
    if is_whole and (asked_wait is not None or not is_held):
        _hold(endpoint, asked_wait, at=now)
    endpoint.save(update_fields=["failing_since", "n_unreachable", "held_until"])
    return max(endpoint.held_until or now, now)


@transaction.atomic
def disable_gone(endpoint_id: UUID) -> None:
    """It answered that it is gone for good."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()
    if endpoint is not None and endpoint.state != EndpointState.DISABLED:
        _stop(endpoint, EndpointState.DISABLED, Why.GONE, at=timezone.now())


@transaction.atomic
def note_given_up(endpoint_id: UUID, message_id: UUID, webhook_id: str) -> None:
    """One message was tried for 24 hours while others arrived: its customer's wait behind it."""
    _tell(
        endpoint_id,
        "message_held",
        source_key=f"held:{message_id}",
        why=Why.TRIES_USED_UP,
        webhook_id=webhook_id,
    )


@transaction.atomic
def pause(endpoint: Endpoint) -> None:
    """Keep what happens from now on, and send nothing; the row is held."""
    if endpoint.state == EndpointState.ENABLED:
        _stop(endpoint, EndpointState.PAUSED, Why.BY_HAND, at=timezone.now())


@transaction.atomic
def resume(endpoint: Endpoint) -> int:
    """Send all that waits, in its order, and go on; gives how many. The row is held.

    It begins anew: the tries of each message, and its 24 hours.
    """
    now = timezone.now()
    endpoint.state, endpoint.why, endpoint.stopped_at = EndpointState.ENABLED.value, "", None
    endpoint.held_until, endpoint.failing_since, endpoint.n_unreachable = None, None, 0
    endpoint.save()
    waiting = open_at(endpoint.pk).exclude(state=OutgoingState.LEASED)
    return waiting.update(
        state=OutgoingState.WAITING, fate="", next_try_at=now, attempts=0, admitted_at=None
    )


def lay_aside(message_id: UUID) -> None:
    """Pause what a sender has in hand, as its endpoint is not told anything now."""
    in_hand = Outgoing.objects.filter(pk=message_id, state=OutgoingState.LEASED)
    in_hand.update(state=OutgoingState.PAUSED, fate=STOPPED, lease_id=None, lease_until=None)


def jittered(wait: timedelta) -> timedelta:
    """Somewhere between half of it and all, so that what failed together does not come together."""
    return wait * random.uniform(0.5, 1.0)


def _hold(endpoint: Endpoint, asked_wait: timedelta | None, *, at: datetime) -> None:
    endpoint.n_unreachable += 1
    doubled: int = 2 ** min(endpoint.n_unreachable - 1, 20)
    wait = asked_wait or jittered(min(_FIRST_HOLD * doubled, _LONGEST_HOLD))
    last = (endpoint.failing_since or at) + LAST_TRY_AFTER
    until = min(at + wait, last)
    endpoint.held_until = until
    ready = Outgoing.objects.filter(endpoint_id=endpoint.pk, state__in=READY_STATES)
    ready.filter(next_try_at__lt=until).update(next_try_at=until)


def _stop(endpoint: Endpoint, state: EndpointState, why: Why, *, at: datetime) -> None:
    endpoint.state, endpoint.why, endpoint.stopped_at = state.value, why.value, at
    endpoint.save()
    ready = Outgoing.objects.filter(endpoint_id=endpoint.pk, state__in=READY_STATES)
    ready.update(state=OutgoingState.PAUSED, fate=STOPPED)
    if why is not Why.BY_HAND:
        _tell(endpoint.pk, state.value, source_key=f"{state}:{at.isoformat()}", why=why)


def _tell(
    endpoint_id: UUID, verb: str, *, source_key: str, why: Why, webhook_id: str | None = None
) -> None:
    """Tell the owner, in the audit log, and whoever reads the timeline."""
    audit.record(
        f"webhook.{verb}", by=None, subject_id=endpoint_id, why=why.value, webhook_id=webhook_id
    )
    record_event(
        f"webhook.{verb}",
        customer=None,
        occurred_at=timezone.now(),
        source=SOURCE,
        source_key=f"{endpoint_id}:{source_key}",
        subject="webhook",
        subject_id=endpoint_id,
        codes={"why": why.value} | ({"webhook_id": webhook_id} if webhook_id else {}),
    )
