"""Reading the timeline: every event once, in one order, whoever writes meanwhile."""

from collections.abc import Callable, Sequence

from django.db import connection, transaction
from django.utils import timezone

from regulars.book.models import Event, Reader
from regulars.book.queries.unread import unread

BATCH = 500
_LONGEST_ERROR = 200
type Handler = Callable[[Sequence[Event]], None]


@transaction.atomic
def read_events(
    name: str, handle: Handler, *, kinds: frozenset[str] | None = None, at_most: int = BATCH
) -> int:
    """Hand the next batch to a subscriber and move its place; gives how many events it passed.

    What `handle` writes and the place are one transaction: both are there or neither. It is handed
    the kinds it asked for, else all. Where another process reads for the same subscriber at this
    moment, nothing is done.
    """
    if not _alone(name):
        return 0
    reader, _ = Reader.objects.get_or_create(name=name)
    events = unread(reader, at_most=at_most)
    if not events:
        return 0
    if wanted := [event for event in events if kinds is None or event.kind in kinds]:
        handle(wanted)
    last = events[-1]
    reader.epoch, reader.txid, reader.position = last.epoch, last.txid, last.position
    reader.n_failures = 0
    reader.save(update_fields=["epoch", "txid", "position", "n_failures"])
    return len(events)


@transaction.atomic
def note_failure(name: str, error: Exception) -> int:
    """Note that a subscriber could not handle what comes next; gives how often in a row.

    Only the first line of the error is kept: PostgreSQL names values of the row in the next ones.
    """
    Reader.objects.get_or_create(name=name)
    reader = Reader.objects.select_for_update().get(name=name)
    said = str(error).strip().partition("\n")[0]
    reader.n_failures += 1
    reader.failed_at = timezone.now()
    reader.last_error = f"{type(error).__name__}: {said}"[:_LONGEST_ERROR]
    reader.save(update_fields=["n_failures", "failed_at", "last_error"])
    return reader.n_failures


def _alone(name: str) -> bool:
    """Take the subscriber's lock until the end of the transaction.

    Not FOR UPDATE: that would give this transaction a number before it reads, and its own number
    would hold back every other reader.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])
