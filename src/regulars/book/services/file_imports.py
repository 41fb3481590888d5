"""Imports are noted: that they run, how far they came, and how they ended.

Who runs one holds a lock of the session, which ends with the process however that ends. So an
import that is noted as running and whose lock is free was cut off, and the next one says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from regulars.book.models import FileImport
from regulars.book.models.file_import import ImportState
from regulars.company.services import audit


@contextmanager
def running_import(
    *, kind: str, source: str, files: Sequence[Mapping[str, str]], by: UUID | None
) -> Iterator[FileImport]:
    """Note an import as running; however it ends but by a kill, its end is noted too."""
    _note_those_cut_off()
    made = FileImport(kind=kind, source=source, files=list(files), staff_id=by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_lock(made.pk)])
    made.save(force_insert=True)
    try:
        yield made
    except BaseException:
        _end(made, ImportState.STOPPED)
        raise
    else:
        _end(made, ImportState.DONE)


def note_counts(running: FileImport, counts: Mapping[str, int]) -> None:
    """Bring the counts up to what is committed."""
    for name, n in counts.items():
        setattr(running, name, n)
    running.save(update_fields=list(counts))


def _end(running: FileImport, state: ImportState) -> None:
    running.state, running.ended_at = state.value, timezone.now()
    names = ("n_read", "n_new", "n_same", "n_changed", "n_put_aside")
    with transaction.atomic():
        running.save(update_fields=["state", "ended_at", "reasons", *names])
        audit.record(
            f"import.{state.value}",
            by=running.staff_id,
            subject_id=running.pk,
            kind=running.kind,
            source=running.source,
            **{name: getattr(running, name) for name in names},
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_lock(running.pk)])


def _note_those_cut_off() -> None:
    for left in FileImport.objects.filter(state=ImportState.RUNNING.value):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_lock(left.pk)])
            (is_free,) = cursor.fetchone()
        if is_free:
            _end(left, ImportState.STOPPED)


def _lock(pk: UUID) -> int:
    """The last 63 bits of an id, which are noise."""
    return pk.int & (1 << 63) - 1
