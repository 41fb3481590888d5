"""What customers care for."""

from collections.abc import Iterable
from uuid import UUID

from regulars.book.models import Interest
from regulars.book.queries.wholes import records_of_all, whole_of, wholes_of


def interests_of(customer_ids: Iterable[UUID]) -> dict[UUID, list[Interest]]:
    """What holds on each topic, the strongest first; what was told outranks what was learned.

    Of what several records of one customer hold, the latest word counts. Two statements; customers
    of whom nothing is known are not in it.
    """
    wholes = wholes_of(customer_ids)
    held = Interest.objects.filter(records_of_all(wholes.values())).annotate(whole=whole_of())
    latest = held.order_by("whole", "topic", "-origin", "-noted_at").distinct("whole", "topic")
    of_whole: dict[UUID, list[Interest]] = {}
    for interest in latest:
        of_whole.setdefault(interest.whole, []).append(interest)
    for interests in of_whole.values():
        interests.sort(key=lambda interest: (-interest.strength_share, interest.topic))
    return {each: of_whole[whole] for each, whole in wholes.items() if whole in of_whole}
