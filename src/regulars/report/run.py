"""The whole report: read, measure, show, and put every file in its place at once."""

import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regulars.intake import read_history
from regulars.intake.history import ReadOptions
from regulars.kit.errors import InputRefused
from regulars.kit.folders import staged
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_
from regulars.report.asked import Asked
from regulars.report.assemble import assemble
from regulars.report.document import as_json
from regulars.report.engines import opened
from regulars.report.facts import Facts
from regulars.report.standing import for_people
from regulars.report.tables import day_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

# Day numbers of the table of customers that are written as dates, and under which name.
DATES = {
    "first_day": "first_on",
    "last_day": "last_on",
    "due_day": "due_on",
    "due_from_day": "due_from",
    "due_until_day": "due_until",
}
FILES = ("report.html", "report.json", "customers.csv", "customers.parquet", "put-aside.csv")


@dataclass(frozen=True, slots=True)
class Written:
    """What a report run left behind."""

    facts: Facts
    folder: Path


def write_report(
    paths: Sequence[Path],
    out: Path,
    *,
    options: ReadOptions,
    asked: Asked,
    progress: Progress = silent,
) -> Written:
    """Read the files, take the measures, and write the report's files to `out`.

    Either all files are replaced or none: they are written beside their place first. Raises
    InputRefused where the files cannot be used, NothingToMeasure where there is nothing to say.
    """
    from regulars.report.page import render

    _refuse_bytes(out)
    _refuse_folders_in_place(out)
    with _connection() as connection:
        history = read_history(
            connection, paths, options=options, keep=("channel", "name"), progress=progress
        )
        with opened(asked.engine, connection) as (engine, lines):
            made = assemble(history, lines, engine=engine, asked=asked, progress=progress)
            with staged(out) as folder:
                progress(N_("Drawing and writing the report"), 0.85)
                # The engine writes while this thread draws.
                with ThreadPoolExecutor(max_workers=1) as beside:
                    written = beside.submit(
                        engine.write,
                        for_people(
                            made.standing,
                            as_of=day_number(history.as_of),
                            has_amounts=history.has_amounts,
                        ),
                        csv=folder / "customers.csv",
                        parquet=folder / "customers.parquet",
                        dates=DATES,
                    )
                    page = render(made.facts, asked.lang)
                    written.result()
                (folder / "report.html").write_text(page, encoding="utf-8")
                (folder / "report.json").write_text(as_json(made.facts), encoding="utf-8")
                history.write_put_aside(folder / "put-aside.csv")
    return Written(made.facts, out)


def _refuse_bytes(out: Path) -> None:
    """Refuse a folder whose name is no text: not everybody who writes into it can open it."""
    try:
        str(out).encode()
    except UnicodeEncodeError:
        raise InputRefused(
            "folder_not_text",
            N_("The name of the folder {folder} holds bytes that are no UTF-8 text."),
            N_("Choose another folder with --out DIR."),
            folder=os.fsencode(out).decode(errors="replace"),
        ) from None


def _refuse_folders_in_place(out: Path) -> None:
    """Refuse where a folder has the name of one of our files, before any file is replaced."""
    for name in FILES:
        if (out / name).is_dir():
            raise InputRefused(
                "folder_in_place",
                N_("{folder} is a folder, and a file of the report has this name."),
                N_("Rename or move that folder, or choose another one with --out DIR."),
                folder=out / name,
            )


@contextmanager
def _connection() -> "Iterator[duckdb.DuckDBPyConnection]":
    """A DuckDB of our own, which may spill to a folder that goes with it."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="regulars-") as spill:
        connection = duckdb.connect(config={"temp_directory": spill})
        connection.execute("SET preserve_insertion_order = false")
        try:
            yield connection
        finally:
            connection.close()
