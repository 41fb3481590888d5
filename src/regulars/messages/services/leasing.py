"""Leases: a sender takes messages in hand for a while, and whoever was killed loses them again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from regulars.kit.ids import new_id
from regulars.messages.models import Outgoing
from regulars.messages.models.outgoing import (
    OPEN_STATES,
    READY_STATES,
    OutgoingChannel,
    OutgoingState,
)

# Longer than the longest single send: that is bounded by the time limits of the carriers.
LEASE = timedelta(seconds=120)


@dataclass(frozen=True)
class Lease:
    """Messages that one sender has in hand, in the order they are to go."""

    id: UUID
    message_ids: tuple[UUID, ...]


@transaction.atomic
def claim(channel: OutgoingChannel, *, at_most: int, now: datetime | None = None) -> Lease:
    """Take the next messages that are ready; what others claim at this moment is passed over."""
    now = now or timezone.now()
    give_back_forfeited(channel, now=now)
    earlier = Outgoing.objects.filter(
        lane=OuterRef("lane"), sequence__lt=OuterRef("sequence"), state__in=OPEN_STATES
    )
    ready = Outgoing.objects.filter(
        Q(lane=None) | ~Exists(earlier),
        channel=channel,
        state__in=READY_STATES,
        next_try_at__lte=now,
    )
    found = ready.order_by("priority", "next_try_at").select_for_update(
        skip_locked=True, no_key=True
    )
    ids = tuple(found.values_list("pk", flat=True)[:at_most])
    lease = Lease(new_id(), ids)
    Outgoing.objects.filter(pk__in=ids).update(
        state=OutgoingState.LEASED, lease_id=lease.id, lease_until=now + LEASE
    )
    return lease


def renew(lease: Lease) -> None:
    """Hold what is left of a lease for another while: the sender lives."""
    _held(lease).update(lease_until=timezone.now() + LEASE)


def give_back(lease: Lease) -> int:
    """Lay what is left of a lease back, for whoever comes next; gives how many."""
    return _give_back(_held(lease))


def give_back_forfeited(channel: OutgoingChannel, *, now: datetime) -> int:
    """Lay back what a sender had in hand that was killed, or has hung; gives how many."""
    return _give_back(
        Outgoing.objects.filter(channel=channel, state=OutgoingState.LEASED, lease_until__lt=now)
    )


def _held(lease: Lease) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(lease_id=lease.id, state=OutgoingState.LEASED)


def _give_back(held: QuerySet[Outgoing]) -> int:
    return held.update(state=OutgoingState.WAITING, lease_id=None, lease_until=None)
