"""Lines that stand in two files, found as multisets: what is c1 times here and c2 times there
counts max(c1, c2) times, and the file named later gives up its copies.

Only the days both files cover are compared. Two lines are the same where time, customer, order,
product, quantity and price agree, as far as both files have them. A file that lacks order or
product on some rows (an export that blanks them on cancellations) is compared on the rest, and
only where a time of day, a customer or none, a quantity and a price agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import duckdb

from regulars.intake.cleaning import CleanFile
from regulars.intake.files import said_in_words
from regulars.intake.history import Repeats
from regulars.intake.lines import Problem, usable
from regulars.intake.names import heading_rank
from regulars.intake.sources import workbench

_COMPARED = ("customer", "order", "product", "quantity", "unit_price", "amount")
_MAY_BE_BLANK = ("order", "product")
_SIDES = {"a": workbench("side a"), "b": workbench("side b")}
_MATCHED = workbench("matched")

_Days = tuple[date, date]  # the first and the last


@dataclass(frozen=True, slots=True)
class _Span:
    """A file with its usable rows and the days they cover; None where there are none."""

    file: CleanFile
    found: Sequence[Problem]
    days: _Days | None


def find_repeats(
    con: duckdb.DuckDBPyConnection, files: Sequence[tuple[CleanFile, Sequence[Problem]]]
) -> tuple[list[Repeats], dict[str, str]]:
    """Overlaps between files, and for each file with repeats the table of its repeated `row_`."""
    spans = [_span(con, file, found) for file, found in files] if len(files) > 1 else []
    overlaps: list[Repeats] = []
    tables: dict[str, str] = {}
    meeting = _meeting(con, spans)
    # The days on which a file has rows that it has not given up: only these can be given up.
    left = [span.days for span in spans]
    for later, b in enumerate(spans):
        for earlier, a in enumerate(spans[:later]):
            if (shared := _shared(a.days, b.days)) is None:
                continue
            n_rows = 0
            if (earlier, later) in meeting and (days := _shared(left[earlier], left[later])):
                n_rows = _compare(con, a, b, days, tables)
                if n_rows:
                    left[later] = _days_left(con, b, tables)
            overlaps.append(Repeats(b.file.file, a.file.file, *shared, n_rows))
    return overlaps, tables


def _shared(a: _Days | None, b: _Days | None) -> _Days | None:
    """The days in both, if there are any."""
    if a is None or b is None:
        return None
    first_on, last_on = max(a[0], b[0]), min(a[1], b[1])
    return (first_on, last_on) if first_on <= last_on else None


def _meeting(con: duckdb.DuckDBPyConnection, spans: Sequence[_Span]) -> set[tuple[int, int]]:
    """Pairs of files with a customer, or none, on one day in both: no others can share a line."""
    seen = " UNION ALL ".join(
        f"SELECT DISTINCT {place} AS place, CAST(when_ AS DATE) AS day, "
        f"CAST(customer_ AS VARCHAR) AS customer FROM {span.file.relation} "
        f"WHERE {usable(span.found)}"
        for place, span in enumerate(spans)
    )
    if not seen:
        return set()
    together = con.sql(
        "SELECT DISTINCT list(place ORDER BY place) AS places "
        f"FROM ({seen}) GROUP BY day, customer HAVING count(*) > 1"
    ).fetchall()
    return {pair for (places,) in together for pair in combinations(places, 2)}


def _span(con: duckdb.DuckDBPyConnection, file: CleanFile, found: Sequence[Problem]) -> _Span:
    with said_in_words(file.file):
        return _Span(file, found, _days(con, file.relation, usable(found)))


def _days_left(
    con: duckdb.DuckDBPyConnection, span: _Span, tables: Mapping[str, str]
) -> _Days | None:
    given_up = tables[span.file.file]
    return _days(con, span.file.relation, f"{usable(span.found)} AND row_ NOT IN (FROM {given_up})")


def _days(con: duckdb.DuckDBPyConnection, relation: str, test: str) -> _Days | None:
    """The first and the last day of the rows that pass a test."""
    ((first_on, last_on),) = con.sql(
        f"SELECT CAST(min(when_) AS DATE), CAST(max(when_) AS DATE) FROM {relation} WHERE {test}"
    ).fetchall()
    return None if first_on is None else (first_on, last_on)


def _compare(
    con: duckdb.DuckDBPyConnection,
    a: _Span,
    b: _Span,
    days: _Days,
    tables: dict[str, str],
) -> int:
    """Add the rows of `b` that stand in `a` too to b's table; give their number."""
    names = [n for n in _COMPARED if a.file.has(n) and b.file.has(n)]
    if "product" in names and _product_kind(a.file) != _product_kind(b.file):
        names.remove("product")
    has_time = a.file.has_time and b.file.has_time
    for side, span in (("a", a), ("b", b)):
        _cut(con, side, span, names, days, tables, has_time=has_time)
    con.execute(f"CREATE TABLE {_MATCHED} (row_a BIGINT, row_b BIGINT)")
    _match(con, ["when_", *(f"{n}_" for n in names)], "TRUE", "TRUE")
    blanks = [f"{n}_" for n in _MAY_BE_BLANK if n in names]
    priced = "unit_price" in names or "amount" in names
    if has_time and blanks and priced and {"customer", "quantity"} <= set(names):
        kept = ["when_", *(f"{n}_" for n in names if n not in _MAY_BE_BLANK)]
        for blank in _blank_patterns(con, blanks):
            others = [name for name in blanks if name not in blank]
            empty = " AND ".join(f"{name} IS NULL" for name in blank)
            full = " AND ".join(f"{name} IS NOT NULL" for name in blank)
            timed = "CAST(when_ AS TIME) <> TIME '00:00'"
            _match(con, kept + others, f"{full} AND {timed}", f"{empty} AND {timed}")
            _match(con, kept + others, f"{empty} AND {timed}", f"{full} AND {timed}")
    name = tables.setdefault(b.file.file, workbench(f"repeats {b.file.file}"))
    con.execute(f"CREATE TABLE IF NOT EXISTS {name} (row_ BIGINT)")
    con.execute(f"INSERT INTO {name} SELECT row_b FROM {_MATCHED}")
    ((n_rows,),) = con.sql(f"SELECT count(*) FROM {_MATCHED}").fetchall()
    for table in (*_SIDES.values(), _MATCHED):
        con.execute(f"DROP TABLE {table}")
    return int(n_rows)


def _product_kind(file: CleanFile) -> int | None:
    """Whether products go by number, name or description: only the same kinds compare."""
    return heading_rank("product", file.choice["product"])


def _cut(
    con: duckdb.DuckDBPyConnection,
    side: str,
    span: _Span,
    names: Sequence[str],
    days: _Days,
    tables: dict[str, str],
    *,
    has_time: bool,
) -> None:
    """The table of one side: the usable rows of the days compared, not yet given up."""
    when = "CAST(when_ AS TIMESTAMP)" if has_time else "CAST(when_ AS DATE)"
    listed = [f"{when} AS when_"]
    for name in names:
        is_text = name in ("customer", "order")
        listed.append(f"CAST({name}_ AS VARCHAR) AS {name}_" if is_text else f"{name}_")
    past = days[1] + timedelta(days=1)
    given_up = tables.get(span.file.file)
    kept = f" AND row_ NOT IN (FROM {given_up})" if given_up else ""
    con.execute(
        f"CREATE TABLE {_SIDES[side]} AS SELECT row_, {', '.join(listed)} "
        f"FROM {span.file.relation} WHERE {usable(span.found)} "
        f"AND when_ >= DATE '{days[0]}' AND when_ < DATE '{past}'{kept}"
    )


def _match(con: duckdb.DuckDBPyConnection, keys: Sequence[str], of_a: str, of_b: str) -> None:
    """Pair rows of both sides one to one that agree on the keys and are not yet paired.

    Takes the tables of both sides and the pairs so far; adds to the pairs.
    """
    numbered = (
        "SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY row_) AS nth_ FROM {table} "
        "WHERE {test} AND row_ NOT IN (SELECT row_{side} FROM {matched})"
    )
    listed = ", ".join(keys)
    a = numbered.format(keys=listed, side="a", table=_SIDES["a"], matched=_MATCHED, test=of_a)
    b = numbered.format(keys=listed, side="b", table=_SIDES["b"], matched=_MATCHED, test=of_b)
    agree = " AND ".join(f"a.{key} IS NOT DISTINCT FROM b.{key}" for key in (*keys, "nth_"))
    con.execute(
        f"INSERT INTO {_MATCHED} SELECT a.row_, b.row_ FROM ({a}) AS a JOIN ({b}) AS b ON {agree}"
    )


def _blank_patterns(con: duckdb.DuckDBPyConnection, blanks: Sequence[str]) -> Iterator[list[str]]:
    """Which of the columns are empty together on rows not yet paired."""
    flags = ", ".join(f"{name} IS NULL" for name in blanks)
    rows = con.sql(
        f"SELECT DISTINCT * FROM (SELECT {flags} FROM {_SIDES['a']} "
        f"WHERE row_ NOT IN (SELECT row_a FROM {_MATCHED}) UNION ALL "
        f"SELECT {flags} FROM {_SIDES['b']} WHERE row_ NOT IN (SELECT row_b FROM {_MATCHED}))"
    ).fetchall()
    for row in sorted(rows):
        blank = [name for name, is_blank in zip(blanks, row, strict=True) if is_blank]
        if blank:
            yield blank
