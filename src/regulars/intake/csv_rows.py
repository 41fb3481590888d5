"""The rows of a CSV text, piece by piece: whole lines at C speed, the odd ones one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from regulars.intake.csv_odd_rows import Lines, OddRows
from regulars.intake.dialect import Dialect
from regulars.intake.sources import ROW, SpoiledRow

_BLOCK = 1 << 20  # bytes that Arrow reads at a time


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows as text columns with their line numbers, and the rows that could not be split."""

    table: pa.Table
    spoiled: Sequence[SpoiledRow]


def chunks(
    pieces: Iterator[bytes], dialect: Dialect, header: Sequence[str], columns: Sequence[str]
) -> Iterator[Chunk]:
    """The rows below the header, with their line numbers first and then the named columns."""
    above, first, carry = dialect.n_above, 1, b""
    piece = next(pieces, None)
    while piece is not None:
        following = next(pieces, None)
        lines = _lines_of(carry + piece, first)
        skipped = min(above, len(lines.starts))
        lines = Lines(
            lines.data, lines.starts[skipped:], lines.ends[skipped:], lines.first + skipped
        )
        above -= skipped
        chunk, carry_from = _read(
            lines, dialect.separator, header, columns, is_last=following is None
        )
        n_read = len(lines.starts) if carry_from is None else carry_from
        carry = b"" if carry_from is None else lines.data[lines.starts[carry_from] :]
        first = lines.first + n_read
        yield chunk
        piece = following


def _lines_of(data: bytes, first: int) -> Lines:
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    return Lines(data, starts, ends, first)


def _read(
    lines: Lines, separator: str, header: Sequence[str], columns: Sequence[str], *, is_last: bool
) -> tuple[Chunk, int | None]:
    """The rows of one piece, and the line from which the next piece has to go on, if any."""
    plain, closed = _easy_lines(lines, separator, len(header))
    quoted = _arrow_rows(lines, closed, separator, header, columns, quote='"')
    if quoted is None:
        closed[:] = False
    odd = OddRows(lines, separator, len(header), is_last=is_last)
    odd.read(np.flatnonzero(~(plain | closed)).tolist())
    free = ~odd.taken_lines()
    tables = [_as_table(odd, header, columns)]
    if quoted is not None:
        tables.append(quoted.filter(pa.array(free[closed])))
    unquoted = _arrow_rows(lines, plain & free, separator, header, columns, quote=None)
    if unquoted is not None:
        tables.append(unquoted)
    return Chunk(pa.concat_tables(tables), odd.spoiled), odd.carry_from


def _easy_lines(lines: Lines, separator: str, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Lines that are a row each: those without quotation marks, and those with closed ones."""
    n = len(lines.starts)
    if not n:
        return np.zeros(0, bool), np.zeros(0, bool)
    begin = int(lines.starts[0])
    array = np.frombuffer(lines.data, np.uint8)[begin:]
    marks = np.flatnonzero(array == ord(separator)) + begin
    line_of = np.searchsorted(lines.ends, marks)
    quotes = np.flatnonzero(array == ord('"')) + begin
    if not len(quotes):
        counts = np.bincount(line_of, minlength=n)[:n]
        return (counts == width - 1) & (lines.ends - lines.starts > counts), np.zeros(n, bool)
    before = np.searchsorted(quotes, lines.starts)
    n_quotes = np.diff(np.append(before, len(quotes)))
    is_outside = (np.searchsorted(quotes, marks) - before[line_of]) % 2 == 0
    counts = np.bincount(line_of[is_outside], minlength=n)[:n]
    fits = (counts == width - 1) & (lines.ends - lines.starts > counts)
    return fits & (n_quotes == 0), fits & (n_quotes > 0) & (n_quotes % 2 == 0)


def _arrow_rows(
    lines: Lines,
    chosen: np.ndarray,
    separator: str,
    header: Sequence[str],
    columns: Sequence[str],
    *,
    quote: str | None,
) -> pa.Table | None:
    """The chosen lines read all at once; None where they are not a row each after all."""
    numbers = np.flatnonzero(chosen) + lines.first
    if not len(numbers):
        return None
    data = np.frombuffer(lines.data, np.uint8)[int(lines.starts[0]) :]
    if not chosen.all():
        data = data[np.repeat(chosen, lines.ends + 1 - lines.starts)]
    longest = int((lines.ends - lines.starts).max())
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(data),
            read_options=arrow_csv.ReadOptions(
                column_names=list(header),
                block_size=max(_BLOCK, 2 * longest),  # a line must not straddle two blocks
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, quote_char=quote or False, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                include_columns=list(columns),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        if quote:
            return None
        raise
    if table.num_rows != len(numbers):
        return None
    return _table(pa.array(numbers, pa.int64()), table.columns, columns)


def _table(
    numbers: pa.Array, values: Sequence[pa.ChunkedArray], columns: Sequence[str]
) -> pa.Table:
    """Line numbers and values; values without the space around them, NULL where nothing is left."""
    told = [pc.utf8_trim_whitespace(value) for value in values]
    told = [pc.if_else(pc.equal(value, ""), pa.scalar(None, pa.string()), value) for value in told]
    return pa.table([numbers, *told], [ROW, *columns])


def _as_table(odd: OddRows, header: Sequence[str], columns: Sequence[str]) -> pa.Table:
    places = [header.index(column) for column in columns]
    values = [
        pa.chunked_array([pa.array([row[place] for row in odd.rows], pa.string())])
        for place in places
    ]
    return _table(pa.array(odd.numbers, pa.int64()), values, columns)
