"""Parquet: read by DuckDB as it is, and only the columns needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from regulars.intake.sources import Loaded, literal, quoted
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_

_SAMPLE_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """A Parquet file. Its rows are numbered from 1."""

    con: duckdb.DuckDBPyConnection
    file: str
    relation: str
    columns: Mapping[str, str]
    left_out: Sequence[tuple[str, str]] = ()

    def sample(self) -> dict[str, Sequence[object]]:
        """The first values of each column."""
        listed = ", ".join(map(quoted, self.columns))
        rows = self.con.sql(f"SELECT {listed} FROM {self.relation} LIMIT {_SAMPLE_ROWS}").fetchall()
        values = zip(*rows, strict=True) if rows else ((),) * len(self.columns)
        return dict(zip(self.columns, values, strict=True))

    def load(self, columns: Sequence[str]) -> Loaded:  # noqa: ARG002 - DuckDB reads what is used
        """Nothing is copied: queries read the file."""
        (n_rows,) = self.con.sql(f"SELECT count(*) FROM {self.relation}").fetchall()[0]
        # A file may have a column of the name under which DuckDB numbers rows.
        taken = "file_row_number" in self.columns
        row = "row_number() OVER ()" if taken else "file_row_number + 1"
        return Loaded(self.relation, row, n_rows)


def open_parquet(con: duckdb.DuckDBPyConnection, path: Path, file: str) -> ParquetSource:
    """Look at a Parquet file's columns."""
    relation = f"read_parquet({literal(_no_glob(path))})"
    described = con.sql(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    types = {row[0]: row[1] for row in described}
    flat = {name: duck_type for name, duck_type in types.items() if not _is_nested(duck_type)}
    if not flat:
        raise InputRefused(
            "only_nested",
            N_("{file} has only columns that hold lists or records: {columns}."),
            N_("Write each value to a column of its own, and give that file."),
            file=file,
            columns=", ".join(types),
        )
    left_out = [(file, name) for name in types if name not in flat]
    return ParquetSource(con, file, relation, flat, left_out)


def _is_nested(duck_type: str) -> bool:
    """Whether a value of a column is more than one: a list, a record, a table of its own."""
    return duck_type.endswith("]") or duck_type.startswith(("STRUCT", "MAP", "UNION"))


def _no_glob(path: Path) -> str:
    """A path in which DuckDB finds no wildcard."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path.absolute()))
