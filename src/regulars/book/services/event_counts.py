"""Counting events by kind and quarter of an hour, as the timeline is read."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from regulars.book.models import Event

# Takes three lists of one length: beginnings of quarters, kinds, and how many more there are.
# Gives nothing; a quarter that is there goes up, one that is not begins.
_ADD = """
INSERT INTO book_eventcount (began_at, kind, n)
SELECT * FROM unnest(%s::timestamptz[], %s::text[], %s::bigint[])
ON CONFLICT (began_at, kind) DO UPDATE SET n = book_eventcount.n + excluded.n
"""


def count_events(events: Sequence[Event]) -> None:
    """Add a batch of the timeline to the counts; handed each event once, it counts each once."""
    counted = Counter((quarter_of(event.occurred_at), event.kind) for event in events)
    rows = sorted((began_at, kind, n) for (began_at, kind), n in counted.items())
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in zip(*rows, strict=True)])


def quarter_of(at: datetime) -> datetime:
    """The beginning of the quarter of an hour an instant lies in."""
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
