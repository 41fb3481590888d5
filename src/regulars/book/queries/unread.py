"""Events that a subscriber has not read yet."""

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Func, Value
from django.db.models.fields import BigIntegerField, BooleanField
from django.db.models.functions import Cast

from regulars.book.models import Event, Reader, Timeline


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


def unread(reader: Reader, *, at_most: int) -> Sequence[Event]:
    """The next events after a reader's place that nobody can still write before."""
    return list(settled_after(reader)[:at_most])


def settled_after(reader: Reader) -> QuerySet[Event]:
    """All of them, in the order in which they are read.

    Events of the present epoch wait until every transaction older than theirs has ended; those of
    earlier epochs belong to a cluster on which nobody writes any more.
    """
    present = Timeline.objects.values("epoch")
    is_settled = Q(epoch__lt=present) | Q(txid__lt=OldestWriter())
    found = Event.objects.filter(after_place(reader), is_settled)
    return found.order_by(F("epoch"), F("txid"), F("position"))
