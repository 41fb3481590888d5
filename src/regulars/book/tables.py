"""What the book offers to measures: order lines, as the report's own reading of files gives them.

A measure that runs on the lines of a report runs on these. Money is in minor units of `currency`;
a measure looks at one currency.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection, models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf, TruncDate

from regulars.book.models import OrderLine, ReturnLine
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
def order_lines(
    zone: ZoneInfo, *, columns: Sequence[str] = tuple(SCHEMA.names)
) -> Iterator[pa.RecordBatchReader]:
    """Every order line and every return, as ORDER_LINES says, batch by batch; of one instant.

    `zone` is that of the company: it decides on which day something was bought. `columns`: those
    wanted; fewer come faster.
    """
    schema = pa.schema([SCHEMA.field(name) for name in columns])
    bought, came_back = _bought(zone), _came_back(zone)
    query = OrderLine.objects.order_by().values_list(*(bought[name] for name in columns))
    query = query.union(
        ReturnLine.objects.order_by().values_list(*(came_back[name] for name in columns)), all=True
    )
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


def _bought(zone: ZoneInfo) -> dict[str, Combinable]:
    """Of each column of an order line where it stands."""
    is_placed = Q(order__status=OrderStatus.PLACED.value)
    return {
        "customer": Cast(
            Coalesce("order__customer__kept_id", "order__customer_id"), models.TextField()
        ),
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
        "customer": Cast(
            Coalesce("goods_return__customer__kept_id", "goods_return__customer_id"),
            models.TextField(),
        ),
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
