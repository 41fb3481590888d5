"""The file of rows put aside: which, why, and what would mend them."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from regulars.intake.reasons import REASONS
from regulars.kit.texts import shortened

SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
    ]
)
_HEADER = ("file", "row", "column", "value", "reason", "mend")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = frozenset("-+0123456789.,")


def write_put_aside(path: Path, tables: Sequence[pa.Table]) -> None:
    """Write the rows as CSV that a spreadsheet opens safely; all of it or nothing."""
    partly = path.with_name(path.name + ".part")
    with partly.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for table in tables:
            for batch in table.to_batches(max_chunksize=10_000):
                writer.writerows(_lines(batch))
        file.flush()
        os.fsync(file.fileno())
    partly.replace(path)


def _lines(batch: pa.RecordBatch) -> list[tuple[object, ...]]:
    columns = (batch.column(name).to_pylist() for name in SCHEMA.names)
    return [
        (safe(file), row, safe(column), safe(value), *REASONS[reason])
        for file, row, column, value, reason in zip(*columns, strict=True)
    ]


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that fits a cell."""
    text = shortened(text)
    is_formula = text.startswith(_FORMULA_SIGNS) and not _PLAIN_NUMBER.issuperset(text)
    return "'" + text if is_formula else text
