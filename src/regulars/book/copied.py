"""What a statement gives, as Arrow, batch by batch: the database sends it as it reads it."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection


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
def arrow_of(
    statement: str, parameters: Sequence[Any], schema: pa.Schema
) -> Iterator[pa.RecordBatchReader]:
    """The rows of a SELECT under the names and types of a schema, in bounded memory."""
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
