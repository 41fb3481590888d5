"""Writing into the timeline: in the transaction of what happened."""

from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.book.models import Customer, Event


@transaction.atomic
def record_event(
    kind: str,
    *,
    customer: Customer | None,
    occurred_at: datetime,
    source: str,
    source_key: str,
    **more: Any,
) -> Event:
    """Note what happened. The same source and key again gives the event that is there."""
    event, _ = Event.objects.get_or_create(
        source=source,
        source_key=source_key,
        defaults={"kind": kind, "customer": customer, "occurred_at": occurred_at, **more},
    )
    return event
