"""From paths to sources: each file opened by what it is, every failure said in words."""

import csv
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from regulars.intake.csv_files import open_csv
from regulars.intake.kinds import kind_of
from regulars.intake.parquet_files import open_parquet
from regulars.intake.sources import MOST_COLUMNS, Source
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_


@contextmanager
def said_in_words(file: str) -> Iterator[None]:
    """Turn whatever a library raises about a file into a refusal with cause and mend."""
    try:
        yield
    except PermissionError as error:
        raise InputRefused(
            "no_permission",
            N_("{file} may not be read by this user."),
            N_("Change its permissions, or copy it to where you may read it."),
            file=file,
        ) from error
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
        raise  # a fault of ours, not of the file
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except (OSError, EOFError, zlib.error, csv.Error, duckdb.Error, pa.ArrowException) as error:
        raise InputRefused(
            "unreadable",
            N_("{file} cannot be read: {cause}"),
            N_("It may be damaged or cut short; export or copy it again."),
            file=file,
            cause=str(error).splitlines()[0] if str(error) else type(error).__name__,
        ) from error


def open_files(con: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> list[Source]:
    """Every table in the files, in the order given."""
    names = [_printed(path.name) for path in paths]
    for place, path in enumerate(paths):
        if path.resolve() in [other.resolve() for other in paths[:place]]:
            raise InputRefused(
                "given_twice", N_("{file} is given twice."), N_("Give each file once."), file=path
            )
    sources: list[Source] = []
    for path in paths:
        name = _printed(path.name)
        file = name if names.count(name) == 1 else _printed(str(path))
        with said_in_words(file):
            sources += _open(con, path, file)
    for source in sources:
        _refuse_too_wide(source)
    return sources


def _refuse_too_wide(source: Source) -> None:
    if (n := len(source.columns)) > MOST_COLUMNS:
        raise InputRefused(
            "too_many_columns",
            N_(
                "{file} has {n} columns, more than the {most} that are read; a table of orders has "
                "some dozens."
            ),
            N_(
                "Export a row for each order, or leave only the columns with customer, day and "
                "amount."
            ),
            file=source.file,
            n=n,
            most=MOST_COLUMNS,
        )


def _refuse_bytes(path: Path, file: str) -> None:
    """Refuse a path that is no text where a library opens the file by its name."""
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        raise InputRefused(
            "name_not_text",
            N_(
                "The name of {file}, or of a folder it lies in, holds bytes that are no UTF-8 text."
            ),
            N_("Rename it and give it again."),
            file=file,
        ) from None


def _printed(name: str) -> str:
    """A name as text, whatever bytes an old program gave to it."""
    return os.fsencode(name).decode(errors="replace")


def _open(con: duckdb.DuckDBPyConnection, path: Path, file: str) -> Sequence[Source]:
    kind = kind_of(path, file)
    if kind == "parquet":
        _refuse_bytes(path, file)
        return [open_parquet(con, path, file)]
    if kind == "xlsx":
        _refuse_bytes(path, file)
        from regulars.intake.sheets import open_workbook

        return open_workbook(con, path, file)
    return [open_csv(con, path, file)]
