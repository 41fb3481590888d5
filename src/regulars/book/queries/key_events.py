"""The timeline for programs: after a place, without a gap and nothing twice, and it is noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from regulars.book.models import Customer, Event, Reader
from regulars.book.queries.access import NoSuchCustomer
from regulars.book.queries.unread import settled_after
from regulars.book.queries.wholes import hanging_on
from regulars.company.models import ApiKey
from regulars.company.queries.keys import refuse_without
from regulars.company.scopes import Scope
from regulars.company.services import audit


class Place(NamedTuple):
    """After which event somebody goes on."""

    epoch: int
    txid: int
    position: int


START = Place(0, 0, 0)


@dataclass(frozen=True)
class Events:
    """Some of the timeline, and the place after the last of them."""

    events: Sequence[Event]
    place: Place
    has_more: bool


def events_by_key(
    key: ApiKey, *, after: Place, limit: int, customer: UUID | None, kind: str | None
) -> Events:
    """Events after a place, if the key may read them; it is noted of which customers."""
    refuse_without(key, Scope.READ_EVENTS)
    place = Reader(epoch=after.epoch, txid=after.txid, position=after.position)
    rows = settled_after(place).filter(_of(customer), **({"kind": kind} if kind else {}))
    found = list(rows.select_related("customer")[: limit + 1])
    shown = found[:limit]
    if shown:
        last = shown[-1]
        after = Place(last.epoch, last.txid, last.position)
        whose = {str(event.customer_id) for event in shown} - {"None"}
        told = " ".join(sorted(whose))
        audit.record_by(key, "event.read", n=len(shown), customer=told)
    return Events(shown, after, len(found) > limit)


def _of(customer_id: UUID | None) -> Q:
    if customer_id is None:
        return Q()
    found = Customer.objects.filter(pk=customer_id).first()
    if found is None:
        raise NoSuchCustomer
    return hanging_on(found)
