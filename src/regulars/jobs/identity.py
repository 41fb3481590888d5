"""What is known of customers changed: who is found by what, and who may be the same."""

from collections.abc import Sequence

from regulars.book.models import Event
from regulars.book.services.search_keys import renew_search_keys
from regulars.book.services.suggesting import suggest_joins_of

KINDS = frozenset(
    {
        "customer.made",
        "customer.changed",
        "customer.identified",
        "customer.unidentified",
        "customer.erased",
        "day.noted",
        "day.dropped",
    }
)


# More records than this in one go come by the thousand, from a file: each has some fifty others to
# be compared with, which would hold up the reader. The night's pass over everybody compares them.
MOST_COMPARED = 50


def recognise(events: Sequence[Event]) -> None:
    """Bring keys and suggestions up to the records of these events; repeating changes nothing."""
    records = {event.customer_id for event in events if event.customer_id is not None}
    renew_search_keys(records)
    if len(records) <= MOST_COMPARED:
        suggest_joins_of(records)
