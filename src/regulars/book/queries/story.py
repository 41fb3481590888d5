"""The story of a customer: everything that happened, whatever it came in by."""

from collections.abc import Sequence

from regulars.book.models import Customer, Event
from regulars.book.queries.wholes import hanging_on


def story_of(customer: Customer, *, at_most: int = 100) -> Sequence[Event]:
    """What happened to all records of a customer, the latest first; one statement."""
    held = Event.objects.filter(hanging_on(customer))
    return list(held.order_by("-occurred_at", "-position")[:at_most])
