"""The example company's files: order lines and the truth per customer, as CSV or Parquet."""

from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from regulars.sample.baskets import NOBODY, Lines
from regulars.sample.catalogue import CHANNELS, CURRENCY, PRODUCTS

FORMATS = ("csv", "parquet")
MONEY = pa.decimal128(12, 2)
ORDER_LINES = pa.schema(
    {
        "order_number": pa.int64(),
        "ordered_at": pa.timestamp("s"),
        "customer_number": pa.int64(),
        "customer_name": pa.string(),
        "product": pa.string(),
        "category": pa.string(),
        "quantity": pa.int64(),
        "unit_price": MONEY,
        "discount": MONEY,
        "line_total": MONEY,
        "channel": pa.string(),
        "currency": pa.string(),
    }
)
TRUTH = pa.schema(
    {
        "customer_number": pa.int64(),
        "customer_name": pa.string(),
        "rate_per_day": pa.float64(),
        "dropout_probability": pa.float64(),
        "is_alive": pa.bool_(),
        "future_purchase_days": pa.int64(),
        "future_net": MONEY,
    }
)


class TableFile:
    """One table written piece by piece, in the format its name ends with."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.schema = schema
        self.rows = 0
        self._writer = (
            pq.ParquetWriter(path, schema, compression="zstd")
            if path.suffix == ".parquet"
            else pa_csv.CSVWriter(path, schema)
        )

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Add rows."""
        table = pa.table([columns[name] for name in self.schema.names], names=self.schema.names)
        self._writer.write_table(table.cast(self.schema))
        self.rows += table.num_rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()


def money(minor: NDArray[np.int64]) -> pa.Array:
    """Minor units of a currency with two decimals as exact decimals."""
    words = np.empty((minor.size, 2), np.int64)  # 128 bits, the low half first
    words[:, 0], words[:, 1] = minor, minor >> 63
    return pa.Array.from_buffers(MONEY, minor.size, [None, pa.py_buffer(words)])


def moments(
    at: NDArray[np.int64], *, first_on: date, unknown: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Seconds since the history's first midnight as times of the clock."""
    midnight = np.datetime64(first_on, "s").astype(np.int64)
    return pa.array(midnight + at, mask=unknown).cast(pa.timestamp("s"))


def days(
    day: NDArray[np.int64], *, first_on: date, unknown: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Days since the history's first as dates."""
    first = np.datetime64(first_on, "D").astype(np.int64)
    return pa.array((first + day).astype(np.int32), pa.int32(), mask=unknown).cast(pa.date32())


def order_numbers(lines: Lines, *, first_order: int) -> NDArray[np.int64]:
    """The number of each line's order or credit note; lines are in order of time."""
    is_new = np.append(True, np.diff(lines.document) != 0)[: lines.document.size]
    return first_order + np.cumsum(is_new) - 1


def order_columns(
    lines: Lines, *, first_on: date, first_order: int, first_customer: int, names: pa.StringArray
) -> dict[str, pa.Array]:
    """The columns of the order file for some lines in order of time."""
    nobody = lines.customer == NOBODY
    return {
        "order_number": pa.array(order_numbers(lines, first_order=first_order)),
        "ordered_at": moments(lines.at, first_on=first_on),
        "customer_number": pa.array(first_customer + lines.customer, mask=nobody),
        "customer_name": names.take(pa.array(lines.customer, mask=nobody)),
        "product": pa.array([each.name for each in PRODUCTS]).take(lines.product),
        "category": pa.array([each.category for each in PRODUCTS]).take(lines.product),
        "quantity": pa.array(lines.quantity),
        "unit_price": money(lines.unit_price_minor),
        "discount": money(lines.discount_minor),
        "line_total": money(lines.total_minor),
        "channel": pa.array([name for name, _, _ in CHANNELS]).take(lines.channel),
        "currency": pa.array([CURRENCY]).take(np.zeros(lines.at.size, np.int64)),
    }
