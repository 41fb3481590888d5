"""The rows put aside as files of their own, which can be mended and given again.

One file for each that was read: its columns as they are, and beside them row, column, value,
reason and mend, in columns whose headings say that they are ours.
"""

import csv
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from regulars.intake.names import PUT_ASIDE
from regulars.intake.put_aside import safe
from regulars.intake.reasons import REASONS
from regulars.intake.sources import Source, quoted, workbench
from regulars.kit.texts import say

_OURS = tuple(PUT_ASIDE + name for name in ("row", "column", "value", "reason", "mend"))


def write_rows_to_mend(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], folder: Path, lang: str = "en"
) -> list[Path]:
    """Write the rows of `aside`; gives the files. An earlier import's file of that name goes."""
    written = []
    for nth, source in enumerate(sources):
        path = folder / file_name(source.file)
        ((n_rows,),) = con.sql(f"SELECT count(*) FROM aside WHERE file = {nth}").fetchall()
        path.unlink(missing_ok=True)
        if n_rows:
            folder.mkdir(parents=True, exist_ok=True)
            _write(con, nth, source, path, lang)
            written.append(path)
    return written


def file_name(file: str) -> str:
    """What the file of rows put aside is called: `orders.csv` -> `orders-put-aside.csv`."""
    stem = re.sub(r"[.](csv|tsv|txt|gz|xlsx|ods|parquet)\b", "", Path(file).name, flags=re.I)
    return re.sub(r"[^\w.-]+", "-", stem).strip("-") + "-put-aside.csv"


def _write(con: duckdb.DuckDBPyConnection, nth: int, source: Source, path: Path, lang: str) -> None:
    columns = [name for name in source.columns if not name.startswith(PUT_ASIDE)]
    con.execute(f"DROP TABLE IF EXISTS {workbench(f'raw {source.file}')}")
    loaded = source.load(columns)
    listed = "".join(f", CAST(r.{quoted(name)} AS VARCHAR)" for name in columns)
    rows = con.sql(
        f'SELECT a.row, a."column", a.value, a.reason, a.facts{listed} FROM aside a LEFT JOIN '
        f"(SELECT *, {loaded.row} AS row_in_file_ FROM {loaded.relation}) r "
        f"ON row_in_file_ = a.row WHERE a.file = {nth} ORDER BY a.row"
    )
    partly = path.with_name(path.name + ".part")
    with partly.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, *_OURS])
        for batch in rows.to_arrow_reader(10_000):
            writer.writerows(
                _lines(zip(*(c.to_pylist() for c in batch.columns), strict=True), lang)
            )
        file.flush()
        os.fsync(file.fileno())
    partly.replace(path)


def _lines(rows: Iterator[tuple[object, ...]], lang: str) -> Iterator[list[object]]:
    for row, column, value, reason, facts, *cells in rows:
        why, mend = _sentences(str(reason), json.loads(str(facts)) if facts else {}, lang)
        own = [_cell(cell) for cell in cells]
        yield [*own, row, safe(_cell(column)), safe(_cell(value)), why, mend]


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _sentences(reason: str, facts: dict[str, str], lang: str) -> tuple[str, str]:
    """Why and what to do; a refusal of the book brings its own words."""
    why, mend = REASONS[reason]
    if reason == "refused":
        why, mend = facts.pop("cause"), facts.pop("mend")
    return say(why, lang, **facts), say(mend, lang, **facts)
