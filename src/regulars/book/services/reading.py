"""Reading the timeline: every event once, in one order, whoever writes meanwhile."""

from collections.abc import Callable, Sequence

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.expressions import Func, Value
from django.db.models.fields import BigIntegerField, BooleanField
from django.db.models.functions import Cast

from regulars.book.models import Event, Reader, Timeline

BATCH = 500


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


def unread(reader: Reader) -> Sequence[Event]:
    """The next events after a reader's place that nobody can still write before.

    Events of the present epoch wait until every transaction older than theirs has ended; those of
    earlier epochs belong to a cluster on which nobody writes any more.
    """
    present = Timeline.objects.values("epoch")
    is_settled = Q(epoch__lt=present) | Q(txid__lt=OldestWriter())
    found = Event.objects.filter(after_place(reader), is_settled)
    return list(found.order_by(F("epoch"), F("txid"), F("position"))[:BATCH])


@transaction.atomic
def read_events(name: str, handle: Callable[[Sequence[Event]], None]) -> int:
    """Hand the next batch to a subscriber and move its place; gives how many there were.

    What `handle` writes and the place are one transaction: both are there or neither. Where another
    process reads for the same subscriber at this moment, nothing is done.
    """
    if not _alone(name):
        return 0
    reader, _ = Reader.objects.get_or_create(name=name)
    events = unread(reader)
    if events:
        handle(events)
        last = events[-1]
        reader.epoch, reader.txid, reader.position = last.epoch, last.txid, last.position
        reader.save(update_fields=["epoch", "txid", "position"])
    return len(events)


def _alone(name: str) -> bool:
    """Take the subscriber's lock until the end of the transaction.

    Not FOR UPDATE: that would give this transaction a number before it reads, and its own number
    would hold back every other reader.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])
