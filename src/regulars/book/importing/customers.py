"""Customers from rows to the book."""

from collections.abc import Iterator

import duckdb

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.people import person_told
from regulars.book.phones import international
from regulars.book.services.bulk_people import BATCH, find_people
from regulars.kit.progress import Progress
from regulars.kit.texts import N_


def post(
    con: duckdb.DuckDBPyConnection, asked: Asked, counts: Counts, progress: Progress
) -> Iterator[None]:
    """Take down customers, add what they are known by, and bring names up to what is told."""
    _put_bad_phones_aside(con, asked.country)
    rows = con.sql(
        "SELECT * RENAME (customer_id AS external) FROM record ORDER BY file, row"
    ).to_arrow_table()
    aside = []
    for batch in rows.to_batches(max_chunksize=BATCH):
        told = batch.to_pylist()
        people = [person_told(row, source=asked.source, country=asked.country) for row in told]
        for row, found in zip(told, find_people(people, source=asked.source), strict=True):
            if found.customer_id is None:
                aside.append((row["file"], row["row"], ", ".join(found.conflict)))
            else:
                counts.add(found.outcome.value)
        progress(N_("Writing customers into the book"), counts.n_new / max(rows.num_rows, 1))
        yield
    if aside:
        con.executemany("INSERT INTO aside VALUES (?, ?, '', ?, 'identity_conflict', NULL)", aside)


def _put_bad_phones_aside(con: duckdb.DuckDBPyConnection, country: str | None) -> None:
    told = con.sql("SELECT DISTINCT phone FROM record WHERE phone IS NOT NULL").fetchall()
    bad = [(phone,) for (phone,) in told if international(phone, country) is None]
    if not bad:
        return
    con.execute("CREATE TEMP TABLE bad_phone (phone VARCHAR)")
    con.executemany("INSERT INTO bad_phone VALUES (?)", bad)
    con.execute(
        "INSERT INTO aside SELECT file, row, 'phone', phone, 'bad_phone', NULL FROM record "
        "WHERE phone IN (FROM bad_phone)"
    )
    con.execute("DELETE FROM record WHERE phone IN (FROM bad_phone)")
    con.execute("DROP TABLE bad_phone")
