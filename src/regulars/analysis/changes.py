"""Who moved since the round before: told in the timeline, for the story and whoever reads it."""

from collections.abc import Iterator, Sequence
from itertools import batched

from django.db import transaction
from django.utils import timezone

from regulars.book.models import Event
from regulars.book.services.bulk_events import add_events, known_events
from regulars.readings.models import Taking
from regulars.readings.queries.moves import Moved, who_moved

SOURCE = "standing"
_AT_ONCE = 1_000


def tell_changes(before: Taking, after: Taking) -> int:
    """Write `standing.changed` for everybody whose stage or activity is another; gives how many.

    Safe to repeat: each is told once a round.
    """
    n_told = 0
    for moved in batched(who_moved(before, after), _AT_ONCE):
        n_told += _tell(after, moved)
    return n_told


@transaction.atomic
def _tell(after: Taking, moved: Sequence[Moved]) -> int:
    events = list(_events(after, moved))
    known = known_events(events)
    new = [event for event in events if event.source_key not in known]
    add_events(new)
    return len(new)


def _events(after: Taking, moved: Sequence[Moved]) -> Iterator[Event]:
    now = timezone.now()
    for one in moved:
        yield Event(
            kind="standing.changed",
            customer_id=one.customer_id,
            occurred_at=now,
            source=SOURCE,
            source_key=f"{after.pk}:{one.customer_id}",
            codes={"was": one.was, "is": one.now},
        )
