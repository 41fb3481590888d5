"""What came in: how many events of each kind happened in a span of time."""

from datetime import datetime

from django.db.models import Sum

from regulars.book.models import EventCount


def n_events_by_kind(*, start: datetime, end: datetime) -> dict[str, int]:
    """Events in [start, end) by kind, the most frequent first; a kind without any is not there.

    Start and end lie on quarters of an hour, as the midnights of every zone do. Behind the
    timeline by the lag of its reader: a second, where nothing is wrong.
    """
    counted = EventCount.objects.filter(began_at__gte=start, began_at__lt=end)
    rows = counted.values_list("kind").annotate(n=Sum("n")).order_by("-n", "kind")
    return dict(rows)
