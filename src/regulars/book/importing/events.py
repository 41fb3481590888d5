"""Events of any other kind from rows to the timeline."""

import re
from collections.abc import Iterator, Sequence

import duckdb

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.batches import Way
from regulars.book.importing.records import Row, customer_of, minor, post_records, utc
from regulars.book.models import Event
from regulars.book.services.bulk_events import add_events, is_past, keep_event, known_events
from regulars.kit.progress import Progress

WAY: Way[Event] = Way(lambda event: event.source_key, known_events, add_events, keep_event, is_past)
# What the book's own records write stays theirs: an event of it without the record would be false.
_TAKEN = frozenset(
    (
        *("order", "return", "invoice", "dispute", "promise", "customer", "consent", "interest"),
        *("visit", "call", "chat", "email", "contact", "day", "affiliation"),
    )
)
_MOST = 40  # letters


def post(
    con: duckdb.DuckDBPyConnection, asked: Asked, counts: Counts, progress: Progress
) -> Iterator[None]:
    """Write events."""
    told = [word for (word,) in con.sql("SELECT DISTINCT event_kind FROM record").fetchall()]
    kinds = {word: event_kind(word) for word in told}
    con.execute("CREATE TEMP TABLE unknown_word (word VARCHAR)")
    if unknown := [(word,) for word, kind in kinds.items() if kind is None]:
        con.executemany("INSERT INTO unknown_word VALUES (?)", unknown)
    test = "event_kind IN (FROM unknown_word)"
    con.execute(
        "INSERT INTO aside SELECT file, row, '', event_kind, 'unknown_word', NULL FROM record "
        f"WHERE {test}"
    )
    con.execute(f"DELETE FROM record WHERE {test}")
    # The other records of a source write events too, under keys of their own.
    con.execute("UPDATE record SET key = 'event:' || key")

    def tell(rows: Sequence[Row]) -> Iterator[tuple[Event, int]]:
        return ((_told(row, kinds[row["event_kind"]] or "", asked.source), 1) for row in rows)

    yield from post_records(con, asked, counts, progress, tell=tell, way=WAY, event_key="{}")


def event_kind(word: str) -> str | None:
    """A word as the timeline writes it: `Newsletter opened` -> `newsletter.opened`.

    None where nothing is left of it, or where it is what the book itself writes of its records.
    """
    first, *others = re.findall("[a-z]+", word.lower()) or [""]
    kind = f"{first}.{'_'.join(others)}" if others else first
    return kind if kind and first not in _TAKEN and len(kind) <= _MOST else None


def _told(row: Row, kind: str, source: str) -> Event:
    has_amount = row["total"] is not None
    return Event(
        kind=kind,
        customer=customer_of(row),
        channel=(row["channel"] or "")[:20],
        amount_minor=minor(row["total"], row["currency"]) if has_amount else None,
        currency=row["currency"] if has_amount else "",
        occurred_at=utc(row["happened"]),
        source=source,
        source_key=row["key"],
    )
