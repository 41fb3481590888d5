"""What reading gives: one clean table of order lines, and an account of every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa

from regulars.intake.put_aside import write_put_aside


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user said about the files; everything left out is found from the files."""

    mapping: Mapping[str, str] = field(default_factory=dict)  # field -> column; "-" leaves it out
    as_of: date | None = None  # the last day looked at; later rows are put aside
    currency: str | None = None  # ISO 4217; rows in another currency are put aside
    decimal: str | None = None  # "comma" or "point", where the column does not decide it
    day_first: bool | None = None  # where the column does not decide it
    time_zone: str | None = None  # of moments that are not written with one; None: nobody asks


@dataclass(frozen=True, slots=True)
class ColumnTaken:
    """A column of a file and what it was read as."""

    file: str
    column: str
    meaning: str  # customer, when, amount, quantity, unit_price, order, product, category, ...
    how: str  # "mapped" (the user said so), "name" (by its name), "content" (guessed from values)
    note: str = ""  # a sentence in English template form: how dates or numbers were read
    note_facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeats:
    """Lines of one file found again in another, counted once."""

    file: str
    other: str
    first_on: date
    last_on: date
    n_rows: int  # 0: the files overlap in time, but no line stands in both


@dataclass(frozen=True, slots=True)
class History:
    """One history of order lines, in the DuckDB table `lines` of the connection it was read with.

    `lines` has exactly these columns, one row per used row (rows_used of them):
      customer      VARCHAR, or BIGINT where every file has whole numbers; NULL: anonymous sale
      day           DATE, the local day as the file writes it
      order_key     VARCHAR or BIGINT; NULL where no file names orders
      net_minor     BIGINT, signed: what the line adds to net revenue; NULL where no amounts
      is_purchase   BOOLEAN: counts as a purchase (not a return, cancellation or correction)
      is_discounted BOOLEAN; NULL where no discount column
      product, category, channel, name  VARCHAR; NULL where not there (read only when asked for);
                    name is the customer's, as people say it
    """

    files: Sequence[str]
    rows_read: int
    rows_put_aside: int
    rows_anonymous: int  # used rows without a customer
    rows_returned: int  # used rows that are returns, cancellations or corrections
    reasons: Mapping[str, int]  # reason code -> rows
    columns: Sequence[ColumnTaken]
    columns_left_out: Sequence[tuple[str, str]]  # (file, column)
    repeats: Sequence[Repeats]
    first_on: date
    last_on: date
    as_of: date
    currency: str | None
    currency_exponent: int
    has_amounts: bool
    has_orders: bool
    put_aside: Sequence[pa.Table] = field(default=(), repr=False)  # as put_aside.SCHEMA

    @property
    def rows_used(self) -> int:
        """Rows that take part; together with the put-aside ones all that were read."""
        return self.rows_read - self.rows_put_aside

    def write_put_aside(self, path: Path) -> None:
        """Write the rows put aside: file, row, column, value, reason, mend."""
        write_put_aside(path, self.put_aside)
