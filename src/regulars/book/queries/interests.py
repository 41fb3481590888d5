"""What customers care for."""

from collections.abc import Iterable
from uuid import UUID

from regulars.book.models import Interest


def interests_of(customer_ids: Iterable[UUID]) -> dict[UUID, list[Interest]]:
    """What holds on each topic, the strongest first; what was told outranks what was learned.

    One statement; customers of whom nothing is known are not in it.
    """
    held = Interest.objects.filter(customer_id__in=set(customer_ids))
    first = held.order_by("customer_id", "topic", "-origin").distinct("customer_id", "topic")
    found: dict[UUID, list[Interest]] = {}
    for interest in first:
        found.setdefault(interest.customer_id, []).append(interest)
    for interests in found.values():
        interests.sort(key=lambda interest: (-interest.strength_share, interest.topic))
    return found
