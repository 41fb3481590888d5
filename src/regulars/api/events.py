"""The timeline: everything that happened, in the order in which it can be read without a gap."""

import base64
import binascii
import struct
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from regulars.api.keys import BearerKey
from regulars.api.pages import PageOut, cursor_unknown
from regulars.api.parties import CustomerId
from regulars.api.shapes import EventKind, Moment, Out
from regulars.book.models import Event
from regulars.book.queries.key_access import MOST
from regulars.book.queries.key_events import START, Place, events_by_key
from regulars.company.scopes import Scope
from regulars.kit.ids import readable

router = Router()
READ = BearerKey(Scope.READ_EVENTS)
_PLACE = struct.Struct(">qqq")
_PREFIXES = {
    "customer": "cus",
    "order": "ord",
    "return": "ret",
    "invoice": "inv",
    "dispute": "dis",
    "promise": "prm",
    "contact": "con",
    "consent": "act",
}


class EventPaging(BaseModel):
    """Which events."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=MOST)
    cursor: str | None = Field(
        None, pattern="^[A-Za-z0-9_-]{32}$", description="`next_cursor` of the page before"
    )
    customer: CustomerId | None = None
    kind: EventKind | None = None


class EventOut(Out):
    """One thing that happened."""

    id: str
    kind: str
    customer: CustomerId | None
    channel: str | None
    subject: str | None = Field(description="What it speaks of, such as order")
    subject_id: str | None
    amount_minor: int | None
    currency: str | None
    codes: dict[str, Any]
    occurred_at: Moment
    recorded_at: Moment
    source: str


class EventPage(PageOut[EventOut]):
    """Events; `next_cursor` is never null: ask with it again later for what came since."""

    next_cursor: str
    has_more: bool


@router.get("/events", operation_id="listEvents", auth=READ, response=EventPage)
def list_events(request: HttpRequest, paging: Query[EventPaging]) -> HttpResponse:
    """Events in the order of the timeline: by the cursor nobody misses one or gets one twice.

    An event shows as soon as everything written before it is settled, within a second or two.
    """
    page = events_by_key(
        request.auth,  # type: ignore[attr-defined]
        after=_place_of(paging.cursor) if paging.cursor else START,
        limit=paging.limit,
        customer=paging.customer,
        kind=paging.kind,
    )
    return JsonResponse(
        {
            "data": [shown(event).model_dump(mode="json") for event in page.events],
            "next_cursor": base64.urlsafe_b64encode(_PLACE.pack(*page.place)).decode(),
            "has_more": page.has_more,
        }
    )


def _place_of(cursor: str) -> Place:
    try:
        epoch, txid, position = _PLACE.unpack(
            base64.b64decode(cursor, altchars=b"-_", validate=True)
        )
    except (binascii.Error, struct.error, ValueError):
        raise cursor_unknown() from None
    return Place(epoch, txid, position)


def shown(event: Event) -> EventOut:
    """An event as programs see it."""
    prefix = _PREFIXES.get(event.subject)
    subject_id = readable(prefix, event.subject_id) if prefix and event.subject_id else None
    return EventOut(
        id=f"evt_{event.position}",
        kind=event.kind,
        customer=event.customer.whole_id if event.customer else None,
        channel=event.channel or None,
        subject=event.subject or None,
        subject_id=subject_id,
        amount_minor=event.amount_minor,
        currency=event.currency or None,
        codes=event.codes,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        source=event.source,
    )
