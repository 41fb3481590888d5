"""Workbooks (.xlsx, .ods): sheets with the same header are one table after another.

Rows are numbered as in the sheet, from 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from regulars.intake.dialect import find_header, unique_names
from regulars.intake.names import FIELDS, heading_rank
from regulars.intake.sources import ROW, Loaded, quoted, workbench
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_

_SAMPLE_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class SheetSource:
    """One sheet of a workbook, its columns typed where all their cells are of one kind."""

    con: duckdb.DuckDBPyConnection
    file: str
    table: pa.Table
    columns: Mapping[str, str]
    left_out: Sequence[tuple[str, str]] = ()

    def sample(self) -> dict[str, Sequence[object]]:
        """The first values of each column."""
        first = self.table.slice(0, _SAMPLE_ROWS)
        return {name: first[name].to_pylist() for name in self.columns}

    def load(self, columns: Sequence[str]) -> Loaded:
        """Copy the columns into DuckDB, with their row numbers."""
        name = workbench(f"raw {self.file}")
        listed = ", ".join(map(quoted, (ROW, *columns)))
        self.con.register("sheet_", self.table)
        self.con.execute(f"CREATE TABLE {name} AS SELECT {listed} FROM sheet_")
        self.con.unregister("sheet_")
        return Loaded(name, ROW, self.table.num_rows)


def open_workbook(con: duckdb.DuckDBPyConnection, path: Path, file: str) -> list[SheetSource]:
    """The sheets that hold orders; the others are named as left out."""
    try:
        book = CalamineWorkbook.from_path(path)
        cells = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except CalamineError as error:
        raise InputRefused(
            "unreadable_workbook",
            N_("{file} cannot be read as a workbook: {cause}"),
            N_("Open it in a spreadsheet, take a password off, and save it anew; or save as CSV."),
            file=file,
            cause=str(error),
        ) from error
    tables = {name: found for name, rows in cells.items() if (found := _table(rows)) is not None}
    if not tables:
        raise InputRefused("empty_file", N_("{file} is empty."), N_("Export it again."), file=file)
    header = max(
        (tuple(table.column_names) for table in tables.values()),
        key=lambda names: (_n_known(names), sum(_rows_with(tables, names))),
    )
    chosen = [name for name, table in tables.items() if tuple(table.column_names) == header]
    left_out = [
        (f"{file} [{name}]", column)
        for name, table in tables.items()
        if name not in chosen
        for column in table.column_names[1:]
    ]
    names = {name: file if len(chosen) == 1 else f"{file} [{name}]" for name in chosen}
    return [
        SheetSource(
            con, names[name], tables[name], _types(tables[name]), left_out if place == 0 else ()
        )
        for place, name in enumerate(chosen)
    ]


def _n_known(names: Sequence[str]) -> int:
    return sum(any(heading_rank(f, name) is not None for f in FIELDS) for name in names)


def _rows_with(tables: Mapping[str, pa.Table], names: Sequence[str]) -> list[int]:
    return [t.num_rows for t in tables.values() if tuple(t.column_names) == tuple(names)]


def _table(rows: Sequence[Sequence[object]]) -> pa.Table | None:
    """The rows below the header as columns, with `row_number_` first; None for an empty sheet."""
    told = [(number, row) for number, row in enumerate(rows, start=1) if any(map(_says, row))]
    if not told:
        return None
    texts = [[_as_text(cell) or "" for cell in row] for _, row in told[:100]]
    width = max(sum(1 for cell in row if cell) for row in texts)
    place = find_header(texts, width)
    header = texts[place] if place is not None else [""] * len(texts[0])
    body = told[0 if place is None else place + 1 :]
    names = unique_names(header)
    used = [i for i, cell in enumerate(header) if cell or any(_says(row[i]) for _, row in body)]
    columns = [_column([row[i] for _, row in body]) for i in used]
    numbers = pa.array([number for number, _ in body], pa.int64())
    return pa.table([numbers, *columns], [ROW, *(names[i] for i in used)])


def _says(cell: object) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _as_text(cell: object) -> str | None:
    """A cell as it would stand in a CSV file; None where it is empty."""
    if not _says(cell):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell).strip()


def _column(cells: Sequence[object]) -> pa.Array:
    """Numbers as numbers, dates as dates where all cells are such; text otherwise."""
    told = [cell for cell in cells if _says(cell)]
    empty_as_none = [cell if _says(cell) else None for cell in cells]
    if told and all(isinstance(c, int | float) and not isinstance(c, bool) for c in told):
        return pa.array(empty_as_none, pa.float64())
    if told and all(isinstance(c, date) for c in told):
        moments = [
            datetime(c.year, c.month, c.day) if type(c) is date else c for c in empty_as_none
        ]
        return pa.array(moments, pa.timestamp("us"))
    return pa.array(map(_as_text, cells), pa.string())


def _types(table: pa.Table) -> dict[str, str]:
    kinds = {pa.float64(): "DOUBLE", pa.timestamp("us"): "TIMESTAMP", pa.string(): "VARCHAR"}
    return {f.name: kinds[f.type] for f in table.schema if f.name != ROW}
