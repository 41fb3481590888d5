"""What happened with customers, in words."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from regulars.board.templatetags.texts import say
from regulars.book.happenings import WORDS
from regulars.book.queries.event_counts import n_events_by_kind


def came_in_today(now: datetime, zone: ZoneInfo) -> Sequence[tuple[str, int]]:
    """What happened since midnight where the company is, in words, the most frequent first."""
    today = now.astimezone(zone).date()
    start, end = (datetime.combine(day, time.min, zone) for day in (today, today + timedelta(1)))
    counted = n_events_by_kind(start=start, end=end)
    return [(say(WORDS.get(kind, kind)), n) for kind, n in counted.items()]
