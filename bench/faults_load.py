"""The load of the drill of faults, and what is counted in the book afterwards."""

import collections
import statistics
import threading
import time
from pathlib import Path

from regulars.book.erasure_ledger import read_ledger
from regulars.kit.postgres import Role, Server
from regulars.kit.postgres.layout import erasure_ledger_in

ERASED_EVERY = 20  # every so many customers one is erased again, by a job
DRAIN_SECONDS = 240.0


def write_until_told(acknowledged: Path, stop: Path) -> None:
    """One writer: every acknowledged key is a line of the file, with what was asked for it.

    An unanswered try is repeated with the same key, as any caller would.
    """
    import django

    django.setup()
    from django.db import Error, connection
    from procrastinate.exceptions import ConnectorException

    n = 0
    with acknowledged.open("a") as noted:
        while not stop.exists():
            key = f"{acknowledged.stem}-{n}"
            is_erased = n % ERASED_EVERY == 0
            try:
                _ask_for(key, is_erased=is_erased)
            except (Error, ConnectorException):
                connection.close()
                time.sleep(0.05)
                continue
            noted.write(f"{key} {'erase' if is_erased else 'keep'}\n")
            noted.flush()
            n += 1


def _ask_for(key: str, *, is_erased: bool) -> None:
    from django.db import transaction

    from regulars.book.known import Known
    from regulars.book.models.customer import IdentityKind
    from regulars.book.services.customers import take_down_customer
    from regulars.jobs.tasks import erase

    known = Known(IdentityKind.EXTERNAL, key, source="drill")
    with transaction.atomic():
        made = take_down_customer(
            name=key, known_by=[known], source="drill", source_key=key, by=None
        )
        if is_erased:
            erase.defer(customer_ids=[str(made.pk)], by=None)


class LagWatch(threading.Thread):
    """How old the oldest event is that the counting reader has not read, looked at often."""

    _QUESTION = (
        "SELECT coalesce(extract(epoch FROM now() - min(e.recorded_at)), 0)::float8"
        " FROM book_reader r JOIN book_event e"
        " ON (e.epoch, e.txid, e.position) > (r.epoch, r.txid, r.position)"
        " WHERE r.name = 'event_counts'"
    )

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server, self.seconds, self.is_over = server, list[float](), threading.Event()

    def run(self) -> None:
        import psycopg

        while not self.is_over.wait(0.25):
            try:
                with psycopg.connect(self.server.conninfo(Role.APP)) as connection:
                    ((lag,),) = connection.execute(self._QUESTION).fetchall()
                    self.seconds.append(lag)
            except psycopg.Error:
                continue

    def told(self) -> dict[str, float]:
        ordered = sorted(self.seconds)
        return {
            "looks": len(ordered),
            "median": round(statistics.median(ordered), 2),
            "95 of 100 under": round(ordered[len(ordered) * 95 // 100], 2),
            "longest": round(ordered[-1], 1),
        }


def drain(server: Server) -> float:
    """Wait until jobs and readers have done all; gives the seconds."""
    import psycopg

    began = time.monotonic()
    question = (
        "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%%erase'"
        " AND status IN ('todo', 'doing')) + (SELECT count(*) FROM book_event)"
        " - (SELECT coalesce(sum(n), 0) FROM book_eventcount)"
    )
    while time.monotonic() - began < DRAIN_SECONDS:
        with psycopg.connect(server.conninfo(Role.APP)) as connection:
            ((left,),) = connection.execute(question).fetchall()
        if left == 0:
            time.sleep(2)  # the mirror of erasures is another reader
            return time.monotonic() - began
        time.sleep(0.5)
    raise SystemExit(f"{left} jobs and events were left after {DRAIN_SECONDS:g} s")


_CUSTOMERS = """
SELECT c.name,
  (SELECT array_agg(source_key) FROM book_event e
   WHERE e.customer_id = c.id AND kind = 'customer.made'),
  (SELECT count(*) FROM book_identity i WHERE i.customer_id = c.id),
  (SELECT count(*) FROM book_erasure x WHERE x.customer_id = c.id),
  (SELECT count(*) FROM book_event e WHERE e.customer_id = c.id AND kind = 'customer.erased'),
  (SELECT count(*) FROM company_auditentry a
   WHERE a.subject_id = c.id AND action = 'customer.erased'),
  c.id
FROM book_customer c
"""
_MISCOUNTED = """
SELECT count(*) FROM (SELECT kind, count(*) AS n FROM book_event GROUP BY kind) e
FULL JOIN (SELECT kind, sum(n) AS n FROM book_eventcount GROUP BY kind) c USING (kind)
WHERE e.n IS DISTINCT FROM c.n
"""


def count(server: Server, notes: list[Path]) -> dict[str, int]:
    """What is in the book, beside what was acknowledged."""
    import psycopg

    lines = [line.split() for note in notes for line in note.read_text().splitlines()]
    wanted = {key: asked == "erase" for key, asked in lines}
    with psycopg.connect(server.conninfo(Role.APP)) as connection:
        rows = connection.execute(_CUSTOMERS).fetchall()
        ((miscounted,),) = connection.execute(_MISCOUNTED).fetchall()
        ((failed,),) = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"
        ).fetchall()
    keys = collections.Counter(key for row in rows for key in row[1] or ["without event"])
    mirrored = read_ledger(erasure_ledger_in(server.layout.home))
    erased = {row[1][0]: row for row in rows if row[1] and wanted.get(row[1][0])}
    return {
        "acknowledged": len(wanted),
        "lost": sum(key not in keys for key in wanted),
        "there_twice": sum(n > 1 for n in keys.values()),
        "half_written": sum(_is_half(row) for row in rows),
        "there_but_not_acknowledged": len(keys.keys() - wanted.keys()),
        "jobs_acknowledged": sum(wanted.values()),
        "jobs_done_once": sum(row[3:6] == (1, 1, 1) and row[0] == "" for row in erased.values()),
        "jobs_failed": failed,
        "erasures_missing_in_the_list": sum(row[6] not in mirrored for row in erased.values()),
        "events": sum(n for n in keys.values()) + sum(row[4] for row in rows),
        "kinds_of_events_miscounted_by_the_reader": miscounted,
    }


def _is_half(row: tuple) -> bool:
    name, keys, identities, erasures, erased_events, notes, _ = row
    is_erased = name == ""
    return (len(keys or []), identities) != (1, int(not is_erased)) or (
        (erasures, erased_events, notes) != ((1, 1, 1) if is_erased else (0, 0, 0))
    )


def is_sound(found: dict[str, int]) -> bool:
    """Whether nothing is lost, doubled, half-done or passed over."""
    at_fault = ("lost", "there_twice", "half_written", "jobs_failed")
    missed = ("erasures_missing_in_the_list", "kinds_of_events_miscounted_by_the_reader")
    return (
        not any(found[name] for name in (*at_fault, *missed))
        and found["jobs_done_once"] == found["jobs_acknowledged"]
    )
