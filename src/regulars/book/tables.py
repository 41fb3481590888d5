"""What the book offers to measures: order lines, as the report's own reading of files gives them.

A measure that runs on the lines of a report runs on these. Money is in minor units of `currency`;
a measure looks at one currency.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf, TruncDate
from django.db.models.lookups import In

from regulars.book.copied import arrow_of
from regulars.book.models import OrderLine, Promise, ReturnLine
from regulars.book.models.order import OrderStatus
from regulars.book.queries.restrictions import restricted_wholes


@dataclass(frozen=True)
class Column:
    """One column: its type, its unit and what it means; `field` is what the report calls it."""

    name: str
    type: pa.DataType
    unit: str
    meaning: str
    field: str


ORDER_LINES: Sequence[Column] = (
    Column(
        "customer",
        pa.string(),
        "id",
        "who bought, joined; NULL: an anonymous sale, or restricted",
        "customer",
    ),
    Column("at", pa.timestamp("us", "UTC"), "instant", "when it was bought or came back", "when"),
    Column("day", pa.int32(), "days since 1970-01-01", "the same, as a day of the company", "when"),
    Column("order_key", pa.string(), "id", "the order; a return has that of its order", "order"),
    Column("net_minor", pa.int64(), "minor units", "what it adds to net revenue, signed", "amount"),
    Column("quantity", pa.decimal128(12, 3), "pieces", "how much; below 0: came back", "quantity"),
    Column("is_purchase", pa.bool_(), "", "not a return, and not cancelled", "status"),
    Column("is_discounted", pa.bool_(), "", "less was paid, or a coupon was used", "discount"),
    Column("discount_minor", pa.int64(), "minor units", "what was taken off", "discount"),
    Column("product", pa.string(), "code", "the product's code at its source", "product"),
    Column("category", pa.string(), "code", "its category's code", "category"),
    Column("channel", pa.string(), "code", "where it was bought or came back", "channel"),
    Column("currency", pa.string(), "ISO 4217", "what the amounts are in", "currency"),
)
SCHEMA = pa.schema([(column.name, column.type) for column in ORDER_LINES])


PROMISES: Sequence[Column] = (
    Column("promise", pa.string(), "id", "which promise", "promise_key"),
    Column("customer", pa.string(), "id", "to whom, joined", "customer_id"),
    Column("kind", pa.string(), "", "delivery, call_back, repair, refund, other", "promise_kind"),
    Column("made_day", pa.int32(), "days since 1970-01-01", "when, as a company's day", "made"),
    Column("due_day", pa.int32(), "days since 1970-01-01", "the last day in time", "due"),
    Column("kept_day", pa.int32(), "days since 1970-01-01", "NULL: not kept until now", "kept"),
    Column("days_late", pa.int32(), "days", "from due to kept; NULL: in time or not kept", "kept"),
    Column("is_broken", pa.bool_(), "", "was not kept in time, kept later or not", "kept"),
    Column("is_withdrawn", pa.bool_(), "", "no longer had to be kept", "withdrawn"),
    Column("order_key", pa.string(), "id", "the order it is about, if any", "order_key"),
    Column("value_minor", pa.int64(), "minor units", "net of that order", "amount"),
    Column("currency", pa.string(), "ISO 4217", "what the value is in", "currency"),
    Column("channel", pa.string(), "code", "where that order was placed", "channel"),
    Column("branch", pa.string(), "code", "the branch it was placed at", "branch"),
)
PROMISE_SCHEMA = pa.schema([(column.name, column.type) for column in PROMISES])


class _DayNumber(Func):
    """The number of a date, counted from 1970-01-01."""

    template = "(%(expressions)s - date '1970-01-01')"
    output_field = models.IntegerField()


@contextmanager
def order_lines(
    zone: ZoneInfo, *, columns: Sequence[str] = tuple(SCHEMA.names)
) -> Iterator[pa.RecordBatchReader]:
    """Every order line and every return, as ORDER_LINES says, batch by batch; of one instant.

    `zone` is that of the company: it decides on which day something was bought. `columns`: those
    wanted; fewer come faster.
    """
    bought, came_back = _bought(zone), _came_back(zone)
    query = OrderLine.objects.order_by().values_list(*(bought[name] for name in columns))
    query = query.union(
        ReturnLine.objects.order_by().values_list(*(came_back[name] for name in columns)), all=True
    )
    statement, parameters = query.query.sql_with_params()
    schema = pa.schema([SCHEMA.field(name) for name in columns])
    with arrow_of(statement, parameters, schema) as reader:
        yield reader


@contextmanager
def promises(zone: ZoneInfo, *, now: datetime) -> Iterator[pa.RecordBatchReader]:
    """Every promise, as PROMISES says, batch by batch; of one instant.

    What was moved after it was broken is due on the day it was promised for at first. At `now`
    what is overdue is broken, whether or not that is recorded yet.
    """
    statement, parameters = _promised(zone, now).query.sql_with_params()
    with arrow_of(statement, parameters, PROMISE_SCHEMA) as reader:
        yield reader


def _whether(condition: Q) -> Combinable:
    return ExpressionWrapper(condition, output_field=models.BooleanField())


def _whose(customer: str) -> Combinable:
    """Who stands for the record; nobody where the use of their data is restricted.

    What they bought counts as an anonymous sale then: it is the company's own figure.
    """
    whole = Coalesce(f"{customer}__kept_id", f"{customer}_id")
    is_restricted = In(whole, restricted_wholes())
    return Case(
        When(is_restricted, then=Value(None)),
        default=Cast(whole, models.TextField()),
        output_field=models.TextField(),
    )


def _bought(zone: ZoneInfo) -> dict[str, Combinable]:
    """Of each column of an order line where it stands."""
    is_placed = Q(order__status=OrderStatus.PLACED.value)
    return {
        "customer": _whose("order__customer"),
        "at": F("order__placed_at"),
        "day": _DayNumber(TruncDate("order__placed_at", tzinfo=zone)),
        "order_key": Cast("order_id", models.TextField()),
        "net_minor": Case(When(is_placed, then=F("net_minor")), default=Value(0)),
        "quantity": F("quantity"),
        "is_purchase": _whether(is_placed),
        "is_discounted": _whether(Q(discount_minor__gt=0) | ~Q(coupon="")),
        "discount_minor": F("discount_minor"),
        "product": F("product__code"),
        "category": F("product__category__code"),
        "channel": NullIf("order__channel", Value("")),
        "currency": F("order__currency"),
    }


def _came_back(zone: ZoneInfo) -> dict[str, Combinable]:
    """Of each column of a line that came back where it stands."""
    return {
        "customer": _whose("goods_return__customer"),
        "at": F("goods_return__returned_at"),
        "day": _DayNumber(TruncDate("goods_return__returned_at", tzinfo=zone)),
        "order_key": Cast("goods_return__order_id", models.TextField()),
        "net_minor": -F("refund_minor"),
        "quantity": -F("quantity"),
        "is_purchase": Value(value=False),
        "is_discounted": Value(value=False),
        "discount_minor": Value(0, models.BigIntegerField()),
        "product": F("product__code"),
        "category": F("product__category__code"),
        "channel": NullIf("goods_return__channel", Value("")),
        "currency": F("goods_return__currency"),
    }


def _promised(zone: ZoneInfo, now: datetime) -> QuerySet[Any, Any]:
    is_overdue = Q(kept_at=None, withdrawn_at=None, due_at__lt=now)
    was_moved_late = Q(n_breaches__gt=0, broken_at=None)
    # The dates between the first and the present one stand in the timeline alone.
    due_at = Case(When(was_moved_late, then=F("first_due_at")), default=F("due_at"))
    due_day = _DayNumber(TruncDate(due_at, tzinfo=zone))
    kept_day = _DayNumber(TruncDate("kept_at", tzinfo=zone))
    is_broken = Q(n_breaches__gt=0) | is_overdue
    return Promise.objects.order_by().values_list(
        Cast("id", models.TextField()),
        _whose("customer"),
        F("kind"),
        _DayNumber(TruncDate("made_at", tzinfo=zone)),
        due_day,
        kept_day,
        Case(When(is_broken, then=kept_day - due_day)),
        _whether(is_broken),
        _whether(Q(withdrawn_at__isnull=False)),
        Cast("order_id", models.TextField()),
        F("order__net_minor"),
        F("order__currency"),
        NullIf("order__channel", Value("")),
        NullIf("order__branch", Value("")),
    )
