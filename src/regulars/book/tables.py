"""What the book offers to measures: order lines, as the report's own reading of files gives them.

A measure that runs on the lines of a report runs on these. Money is in minor units of `currency`;
a measure looks at one currency.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf, TruncDate
from django.db.models.lookups import In

from regulars.book.copied import arrow_of
from regulars.book.models import OrderLine, ReturnLine
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


class _DayNumber(Func):
    """The number of a date, counted from 1970-01-01."""

    template = "(%(expressions)s - date '1970-01-01')"
    output_field = models.IntegerField()


@contextmanager
def order_lines(zone: ZoneInfo) -> Iterator[pa.RecordBatchReader]:
    """Every order line and every return, as ORDER_LINES says, batch by batch; of one instant.

    `zone` is that of the company: it decides on which day something was bought.
    """
    query = _bought(zone).union(_came_back(zone), all=True)
    statement, parameters = query.query.sql_with_params()
    with arrow_of(statement, parameters, SCHEMA) as reader:
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


def _bought(zone: ZoneInfo) -> QuerySet[Any, Any]:
    is_placed = Q(order__status=OrderStatus.PLACED.value)
    counts = Case(When(is_placed, then=F("net_minor")), default=Value(0))
    return OrderLine.objects.order_by().values_list(
        _whose("order__customer"),
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
        _whose("goods_return__customer"),
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
