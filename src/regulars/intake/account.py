"""The account of every row: how many were read, and which were put aside for what reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from regulars.intake.cleaning import CleanFile
from regulars.intake.lines import Problem
from regulars.intake.put_aside import SCHEMA
from regulars.intake.sources import SpoiledRow, literal, quoted


@dataclass(slots=True)
class Account:
    """Rows read and put aside so far."""

    rows_read: int = 0
    tables: list[pa.Table] = field(default_factory=list)

    @property
    def rows_put_aside(self) -> int:
        """How many rows were not used."""
        return sum(table.num_rows for table in self.tables)

    @property
    def reasons(self) -> dict[str, int]:
        """Reason -> rows, most frequent first."""
        counts: Counter[str] = Counter()
        for table in self.tables:
            for found in table["reason"].value_counts().to_pylist():
                counts[found["values"]] += found["counts"]
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def add(
        self,
        con: duckdb.DuckDBPyConnection,
        file: CleanFile,
        found: Sequence[Problem],
        n_used: int,
    ) -> None:
        """Account for all rows of a file, of which n_used went into `lines`."""
        spoiled = file.loaded.spoiled
        tables = [_spoiled(file.file, spoiled)] if spoiled else []
        if n_used < file.loaded.n_rows:
            tables.append(_unusable(con, file, found))
        if tables:
            self.tables.append(pa.concat_tables(tables).sort_by("row"))
        self.rows_read += file.loaded.n_rows + len(spoiled)


def _spoiled(file: str, rows: Sequence[SpoiledRow]) -> pa.Table:
    return pa.table(
        [
            pa.array([file] * len(rows), pa.string()),
            pa.array([row.row for row in rows], pa.int64()),
            pa.array([""] * len(rows), pa.string()),
            pa.array([row.value for row in rows], pa.string()),
            pa.array([row.reason for row in rows], pa.string()),
        ],
        schema=SCHEMA,
    )


def _unusable(
    con: duckdb.DuckDBPyConnection, file: CleanFile, found: Sequence[Problem]
) -> pa.Table:
    """The rows with a problem, each with its first, and the value as it stands in the file."""
    return con.sql(problem_rows(file, found)).to_arrow_table().cast(SCHEMA)


def problem_rows(file: CleanFile, found: Sequence[Problem]) -> str:
    """SQL of the rows with a problem: file, row, column, value, reason."""
    which = " ".join(f"WHEN {problem.test} THEN {place}" for place, problem in enumerate(found))
    columns = [file.choice.columns.get(problem.name, ("",))[0] for problem in found]
    reasons = _choice_of([literal(problem.reason) for problem in found])
    names = _choice_of([literal(column) for column in columns])
    values = _choice_of(
        [f"CAST({quoted(column)} AS VARCHAR)" if column else "''" for column in columns]
    )
    return (
        f'SELECT {literal(file.file)} AS file, row_ AS row, {names} AS "column", '
        f"coalesce({values}, '') AS \"value\", {reasons} AS reason "
        f"FROM (SELECT row_, CASE {which} END AS problem_ FROM {file.relation}) AS c "
        f"JOIN (SELECT *, {file.loaded.row} AS row_in_file_ FROM {file.loaded.relation}) AS r "
        "ON row_in_file_ = row_ WHERE problem_ IS NOT NULL"
    )


def _choice_of(values: Sequence[str]) -> str:
    """SQL: the value that belongs to the problem found."""
    return f"CASE {' '.join(f'WHEN problem_ = {i} THEN {v}' for i, v in enumerate(values))} END"
