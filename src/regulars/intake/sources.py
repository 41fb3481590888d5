"""What a file is to the rest of intake: named columns, a sample, and rows once they are wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SpoiledRow:
    """A row whose form is broken, so that its values cannot be told apart."""

    row: int
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of a file, ready for SQL."""

    relation: str  # what stands after FROM; columns by their names
    row: str  # SQL for the number a person finds the row by
    n_rows: int  # rows of the relation
    spoiled: Sequence[SpoiledRow] = ()


class Source(Protocol):
    """One table in one file: a CSV, a sheet, a Parquet file."""

    @property
    def file(self) -> str:
        """The name printed for it."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Column name -> DuckDB type, in the file's order."""

    @property
    def left_out(self) -> Sequence[tuple[str, str]]:
        """Tables of the same file that are not read: (file and table, column)."""

    def sample(self) -> Mapping[str, Sequence[object]]:
        """Some values of each column, from the top."""

    def load(self, columns: Sequence[str]) -> Loaded:
        """The rows with these columns."""


MOST_COLUMNS = 5_000  # wider tables hold no orders; reading one would take minutes

ROW = "row_number_"  # the column beside a file's own in which its rows are numbered


WORKBENCH = "intake_at_work"  # the schema of all tables but `lines`; gone when reading is over


def workbench(name: str) -> str:
    """A table of the workbench as SQL."""
    return f"{WORKBENCH}.{quoted(name)}"


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"
