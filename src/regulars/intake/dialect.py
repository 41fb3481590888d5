"""How a CSV file is written - its separator, and where its header stands - from its start."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

from regulars.intake.names import FIELDS, heading_rank
from regulars.intake.sources import MOST_COLUMNS, ROW
from regulars.intake.values import is_date_like, is_number_like

SEPARATORS = ",;\t|"
_LINES = 300  # lines looked at
_TITLE_LINES = 50  # at most so many stand above a header
_HEADING_LINES = 20  # at most so many make one row here


@dataclass(frozen=True, slots=True)
class Dialect:
    """The separator, and how many lines stand above the first row of data."""

    separator: str
    n_above: int


def find_dialect(start: str) -> tuple[Dialect, list[str]]:
    """The dialect of a CSV text from its first lines, and the names of its columns.

    Where the first row is data already, columns are called column1, column2, ...
    """
    lines = start.split("\n")
    lines = lines[: _LINES if len(lines) > _LINES else max(1, len(lines) - 1)]
    best = max(
        (_judged(lines, separator) for separator in SEPARATORS), key=lambda judged: judged[0]
    )
    return best[1], best[2]


def _judged(lines: list[str], separator: str) -> tuple[tuple[float, ...], Dialect, list[str]]:
    """How well a separator fits, and what comes of it."""
    rows, past = _rows(lines, separator)
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    width, n_rows = widths.most_common(1)[0] if widths else (1, 0)
    place = find_header(rows, width)
    header = rows[place] if place is not None else [f"column{i + 1}" for i in range(width)]
    # Fields, not cells: values may be written like headings, such as `quantity:2|total:9.00`.
    known = sum(
        any(heading_rank(field, cell) is not None for cell in header[:MOST_COLUMNS])
        for field in FIELDS
    )
    several = width > 1 and len(header) > 1
    fit = (float(several), float(known), n_rows / max(1, sum(widths.values())), float(width))
    n_above = 0 if place is None else past[place]
    return fit, Dialect(separator, n_above), unique_names(header)


def _rows(lines: list[str], separator: str) -> tuple[list[list[str]], list[int]]:
    """Rows, and how many lines end with each: a heading in quotation marks may run over several."""
    rows, past = list[list[str]](), list[int]()
    begin = 0
    while begin < len(lines):
        end = _closed_at(lines, begin)
        text = "\n".join(lines[begin:end])
        rows.append(next(csv.reader(text.splitlines(keepends=True), delimiter=separator), []))
        past.append(end)
        begin = end
    return rows, past


def _closed_at(lines: list[str], begin: int) -> int:
    """The line after the one that closes all quotation marks; the next one where none does."""
    n_marks = 0
    for end in range(begin, min(len(lines), begin + _HEADING_LINES)):
        n_marks += lines[end].count('"')
        if n_marks % 2 == 0:
            return end + 1
    return begin + 1


def find_header(rows: list[list[str]], width: int) -> int | None:
    """The first row of names among rows; None where data begins without one."""
    for place, row in enumerate(rows[:_TITLE_LINES]):
        told = [cell for cell in row if cell.strip()]
        if len(told) < max(1, 0.6 * width) or abs(len(row) - width) > 1:
            continue
        if any(is_date_like(cell) or is_number_like(cell) for cell in told):
            return None
        return place
    return None


def unique_names(header: list[str]) -> list[str]:
    """Names on one line, without edges of space, none empty, none twice: `name (2)`."""
    names = dict[str, None]()
    count = Counter[str]()
    for place, cell in enumerate(header, start=1):
        plain = re.sub(r"\s*\n\s*", " ", cell.strip().strip("\ufeff")) or f"column{place}"
        name = plain
        while name in names or name == ROW:
            count[plain] += 1
            name = f"{plain} ({count[plain] + 1})"
        names[name] = None
    return list(names)
