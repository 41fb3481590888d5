"""CSV in all its forms: found out from the start of the file, read line by line, exactly.

Rows are numbered as the lines of the file, from 1, the header included.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from regulars.intake.csv_rows import Chunk, chunks
from regulars.intake.dialect import Dialect, find_dialect
from regulars.intake.sources import ROW, Loaded, SpoiledRow, quoted, workbench
from regulars.intake.text_files import PIECE, START, TextFile, open_text

_SAMPLE_ROWS = 5_000


@dataclass(slots=True)
class CsvSource:
    """A CSV file; every column is text."""

    con: duckdb.DuckDBPyConnection
    file: str
    text: TextFile
    dialect: Dialect
    columns: Mapping[str, str]
    left_out: Sequence[tuple[str, str]] = ()
    _sample: dict[str, Sequence[object]] = field(default_factory=dict)

    def sample(self) -> Mapping[str, Sequence[object]]:
        """The first values of each column."""
        if not self._sample:
            chunk = next(self._chunks(list(self.columns), START), None)
            if chunk is not None:
                first = chunk.table.slice(0, _SAMPLE_ROWS)
                self._sample = {name: first[name].to_pylist() for name in self.columns}
        return self._sample

    def _chunks(self, columns: Sequence[str], size: int = PIECE) -> Iterator[Chunk]:
        return chunks(self.text.pieces(size), self.dialect, list(self.columns), columns)

    def load(self, columns: Sequence[str]) -> Loaded:
        """Copy the columns into DuckDB as text, with their line numbers."""
        name = workbench(f"raw {self.file}")
        fields = ", ".join(f"{quoted(column)} VARCHAR" for column in columns)
        self.con.execute(f"CREATE TABLE {name} ({ROW} BIGINT, {fields})")
        n_rows, spoiled = 0, list[SpoiledRow]()
        for chunk in self._chunks(columns):
            self._insert(name, chunk.table)
            n_rows += chunk.table.num_rows
            spoiled += chunk.spoiled
        return Loaded(name, ROW, n_rows, spoiled)

    def _insert(self, name: str, table: pa.Table) -> None:
        self.con.register("chunk_", table)
        self.con.execute(f"INSERT INTO {name} SELECT * FROM chunk_")
        self.con.unregister("chunk_")


def open_csv(con: duckdb.DuckDBPyConnection, path: Path, file: str) -> CsvSource:
    """Find out how a CSV file is written and what its columns are called."""
    csv.field_size_limit(1 << 30)  # a value may be as long as its line
    text = open_text(path)
    dialect, header = find_dialect(text.start())
    return CsvSource(con, file, text, dialect, dict.fromkeys(header, "VARCHAR"))
