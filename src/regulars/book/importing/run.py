"""One import: files in, every row of them stored, known already, or put aside with its reason."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from regulars.book.importing import (
    contacts,
    customers,
    events,
    invoices,
    orders,
    promises,
    returns,
)
from regulars.book.importing.asked import Asked, Counts, Imported
from regulars.book.phones import country_of_company
from regulars.book.services.file_imports import note_counts, running_import
from regulars.company.queries.company import the_company
from regulars.intake.history import ReadOptions
from regulars.intake.order_rows import open_sources, read_order_rows
from regulars.intake.presets import PRESETS, kind_of_records, preset_mapping, preset_of
from regulars.intake.records import read_records
from regulars.intake.rows_to_mend import write_rows_to_mend
from regulars.intake.sources import WORKBENCH
from regulars.kit.progress import Progress, silent

type Post = Callable[[duckdb.DuckDBPyConnection, Asked, Counts, Progress], Iterator[None]]

_POSTS: Mapping[str, Post] = {
    "orders": orders.post,
    "customers": customers.post,
    "promises": promises.post,
    "contacts": contacts.post,
    "invoices": invoices.post,
    "returns": returns.post,
    "events": events.post,
}


def import_files(
    paths: Sequence[Path],
    asked: Asked,
    *,
    aside: Path,
    lang: str = "en",
    progress: Progress = silent,
) -> Imported:
    """Bring files of one kind into the book; rows that cannot come in are written to `aside`.

    What was committed before a kill stays, and the same import again goes on from there.
    Raises InputRefused where the files cannot be used as they are.
    """
    con = duckdb.connect()
    try:
        con.execute(f"CREATE SCHEMA {WORKBENCH}")
        return _import(con, paths, asked, aside, lang, progress)
    finally:
        con.close()


def _import(
    con: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    asked: Asked,
    aside: Path,
    lang: str,
    progress: Progress,
) -> Imported:
    sources = open_sources(con, paths, progress)
    preset = asked.preset or (preset_of(sources) if not asked.kind else None)
    kind = asked.kind or (PRESETS[preset].kind if preset else kind_of_records(sources))
    own = preset_mapping(preset, sources) if preset and PRESETS[preset].kind == kind else {}
    asked = replace(asked, source=asked.source or preset or "files", preset=preset)
    company = the_company()
    options = ReadOptions(
        mapping={**own, **asked.mapping},
        currency=asked.currency or company.currency,
        decimal=asked.decimal,
        day_first=asked.day_first,
        time_zone=company.time_zone,
    )
    if kind == "orders":
        read = read_order_rows(con, sources, options, progress=progress)
    else:
        read = read_records(con, sources, kind, options, progress=progress)
    counts = Counts(n_read=read.n_read, n_same=read.n_repeated)
    asked = replace(asked, country=asked.country or country_of_company())
    files = [{"name": path.name, "sha256": _digest(path)} for path in paths]
    with running_import(kind=kind, source=asked.source, files=files, by=asked.by) as running:
        for _ in _POSTS[kind](con, asked, counts, progress):
            note_counts(running, asdict(counts))
        reasons = Counter[str](
            dict(con.sql("SELECT reason, count(*) FROM aside GROUP BY reason").fetchall())
        )
        running.reasons = reasons
        note_counts(running, asdict(counts) | {"n_put_aside": sum(reasons.values())})
        written = write_rows_to_mend(con, sources, aside, lang)
    return Imported(
        id=running.pk,
        kind=kind,
        source=asked.source,
        preset=preset,
        counts=counts,
        columns=read.columns,
        columns_left_out=read.columns_left_out,
        reasons=reasons,
        put_aside=written,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
