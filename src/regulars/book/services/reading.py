"""Reading the timeline: every event once, in one order, whoever writes meanwhile."""

from collections.abc import Callable, Sequence

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.expressions import Func, Value
from django.db.models.fields import BigIntegerField, BooleanField
from django.db.models.functions import Cast
from django.utils import timezone

from regulars.book.models import Event, Reader, Timeline

BATCH = 500
_LONGEST_ERROR = 200
type Handler = Callable[[Sequence[Event]], None]


class OldestWriter(Func):
    """The number of the oldest transaction that still runs; all below it have ended."""

    function = "pg_snapshot_xmin"
    template = "%(function)s(pg_current_snapshot())::text::bigint"
    output_field = BigIntegerField()


class AfterPlace(Func):
    """Whether an event comes after a place, as one comparison of rows that the index knows."""

    template = "((epoch, txid, position) > (%(expressions)s))"
    output_field = BooleanField()


def after_place(reader: Reader) -> AfterPlace:
    """The condition that an event comes after a reader's place."""
    place = (reader.epoch, reader.txid, reader.position)
    return AfterPlace(*(Cast(Value(part), BigIntegerField()) for part in place))


def unread(reader: Reader, *, at_most: int = BATCH) -> Sequence[Event]:
    """The next events after a reader's place that nobody can still write before.

    Events of the present epoch wait until every transaction older than theirs has ended; those of
    earlier epochs belong to a cluster on which nobody writes any more.
    """
    present = Timeline.objects.values("epoch")
    is_settled = Q(epoch__lt=present) | Q(txid__lt=OldestWriter())
    found = Event.objects.filter(after_place(reader), is_settled)
    return list(found.order_by(F("epoch"), F("txid"), F("position"))[:at_most])


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
