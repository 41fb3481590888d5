"""What the book offers to measures: order lines, as the report's own reading of files gives them,
and promises.

A measure that runs on the lines of a report runs on these. Money is in minor units of `currency`;
a measure looks at one currency.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection, models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf, TruncDate

from regulars.book.models import OrderLine, Promise, ReturnLine
from regulars.book.models.order import OrderStatus


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
        "customer", pa.string(), "id", "who bought, joined; NULL: an anonymous sale", "customer"
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


class _CopiedText(io.RawIOBase):
    """What the database sends, as a file."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows, self._left = rows, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            row = next(self._rows, None)
            if row is None:
                return 0
            self._left = bytes(row)
        n = min(len(buffer), len(self._left))
        buffer[:n], self._left = self._left[:n], self._left[n:]
        return n


@contextmanager
def order_lines(zone: ZoneInfo) -> Iterator[pa.RecordBatchReader]:
    """Every order line and every return, as ORDER_LINES says, batch by batch; of one instant.

    `zone` is that of the company: it decides on which day something was bought.
    """
    with _copied(_bought(zone).union(_came_back(zone), all=True), SCHEMA) as reader:
        yield reader


@contextmanager
def promises(zone: ZoneInfo, *, now: datetime) -> Iterator[pa.RecordBatchReader]:
    """Every promise, as PROMISES says, batch by batch; of one instant.

    What was moved after it was broken is due on the day it was promised for at first. At `now`
    what is overdue is broken, whether or not that is recorded yet.
    """
    with _copied(_promised(zone, now), PROMISE_SCHEMA) as reader:
        yield reader


@contextmanager
def _copied(query: QuerySet[Any, Any], schema: pa.Schema) -> Iterator[pa.RecordBatchReader]:
    """The rows of a query, batch by batch."""
    statement, parameters = query.query.sql_with_params()
    options = pa_csv.ConvertOptions(
        column_types=schema,
        true_values=["t"],
        false_values=["f"],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", parameters) as copy,
    ):
        text = io.BufferedReader(_CopiedText(iter(copy)), 1 << 20)
        if not text.peek(1):
            yield schema.empty_table().to_reader()
            return
        yield pa_csv.open_csv(
            text,
            read_options=pa_csv.ReadOptions(column_names=schema.names),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=options,
        )


def _whether(condition: Q) -> Combinable:
    return ExpressionWrapper(condition, output_field=models.BooleanField())


def _bought(zone: ZoneInfo) -> QuerySet[Any, Any]:
    is_placed = Q(order__status=OrderStatus.PLACED.value)
    counts = Case(When(is_placed, then=F("net_minor")), default=Value(0))
    return OrderLine.objects.order_by().values_list(
        Cast(Coalesce("order__customer__kept_id", "order__customer_id"), models.TextField()),
        F("order__placed_at"),
        _DayNumber(TruncDate("order__placed_at", tzinfo=zone)),
        Cast("order_id", models.TextField()),
        counts,
        F("quantity"),
        _whether(is_placed),
        _whether(Q(discount_minor__gt=0) | ~Q(coupon="")),
        F("discount_minor"),
        F("product__code"),
        F("product__category__code"),
        NullIf("order__channel", Value("")),
        F("order__currency"),
    )


def _came_back(zone: ZoneInfo) -> QuerySet[Any, Any]:
    return ReturnLine.objects.order_by().values_list(
        Cast(
            Coalesce("goods_return__customer__kept_id", "goods_return__customer_id"),
            models.TextField(),
        ),
        F("goods_return__returned_at"),
        _DayNumber(TruncDate("goods_return__returned_at", tzinfo=zone)),
        Cast("goods_return__order_id", models.TextField()),
        -F("refund_minor"),
        -F("quantity"),
        Value(value=False),
        Value(value=False),
        Value(0, models.BigIntegerField()),
        F("product__code"),
        F("product__category__code"),
        NullIf("goods_return__channel", Value("")),
        F("goods_return__currency"),
    )


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
        Cast(Coalesce("customer__kept_id", "customer_id"), models.TextField()),
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
