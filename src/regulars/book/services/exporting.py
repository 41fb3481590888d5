"""The tables offered to analysts, written as Parquet: the whole folder at once, or nothing."""

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction
from django.utils import timezone

from regulars.book.copied import arrow_of
from regulars.book.offered import DESCRIPTION, TABLES, OfferedTable
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.queries.company import the_company
from regulars.company.rights import Action
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.folders import passing
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_

FORMAT = 1
_ROWS_A_GROUP = 250_000
_UNFINISHED = ".regulars-export-"


class FolderTaken(Refusal):
    """An export never mixes with what is there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            "folder_taken",
            N_("{folder} is there already; an export is a folder of its own."),
            N_("Give another name, such as one with the day in it."),
            folder=folder,
        )


def export_tables(
    asker: Staff | None, folder: Path, *, tell: Progress = silent
) -> Mapping[str, int]:
    """Write every table offered to analysts, of one instant; gives the rows of each, by its name.

    The folder and its files are readable by nobody else. `asker` None is the house's command line.
    """
    staff = None if asker is None else staff_who(asker, may=Action.EXPORT_TABLES)
    if folder.exists():
        raise FolderTaken(folder)
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        with passing(folder.absolute().parent, _UNFINISHED) as aside:
            made = aside / folder.name
            made.mkdir(mode=0o700)
            rows = _write_all(made, tell)
            made.rename(folder)
    except OSError as error:
        raise Refusal(
            "cannot_write",
            N_("The folder {folder} cannot be written to: {cause}."),
            N_("Choose a folder with room that you may write to."),
            folder=folder,
            cause=error.strerror or error,
        ) from None
    audit.record("analyst_tables.exported", by=staff.pk if staff else None, n=sum(rows.values()))
    return rows


def _write_all(folder: Path, tell: Progress) -> Mapping[str, int]:
    made_at, rows = timezone.now(), {}
    zone = the_company().time_zone
    with transaction.atomic(), connection.cursor() as cursor:
        # Everything stands as of one moment, and nothing can be written meanwhile.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in TABLES:
            rows[table.name] = _write(table, folder / f"{table.name}.parquet", tell)
    told = {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "time_zone": zone,
        "tables": {table.name: _described(table, rows[table.name]) for table in TABLES},
    }
    note = folder / DESCRIPTION
    note.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    note.chmod(0o600)
    return rows


def _write(table: OfferedTable, file: Path, tell: Progress) -> int:
    """In groups of rows that a reader can skip, so the batches are gathered for a while."""
    n_rows, about = 0, _n_about(table)
    names = ", ".join(f'"{name}"' for name in table.schema.names)
    question = f"SELECT {names} FROM analyst.{table.name}"
    file.touch(mode=0o600)
    with pq.ParquetWriter(file, table.schema, compression="zstd") as written:
        waiting: list[pa.RecordBatch] = []
        n_waiting = 0
        with arrow_of(question, [], table.schema) as reader:
            for batch in reader:
                waiting.append(batch)
                n_waiting += batch.num_rows
                if n_waiting >= _ROWS_A_GROUP:
                    written.write_table(pa.Table.from_batches(waiting, table.schema))
                    n_rows, n_waiting, waiting = n_rows + n_waiting, 0, []
                    tell(
                        N_("Writing {table}"),
                        min(1.0, n_rows / about) if about else None,
                        table=table.name,
                    )
        written.write_table(pa.Table.from_batches(waiting, table.schema))
        tell(N_("Writing {table}"), 1.0, table=table.name)
    return n_rows + n_waiting


def _n_about(table: OfferedTable) -> int | None:
    """About how many rows it has, as the database last saw; None where it never looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table.base])
        (n,) = cursor.fetchone()
    return int(n) if n > 0 else None


def _described(table: OfferedTable, n_rows: int) -> dict[str, object]:
    return {
        "meaning": table.meaning,
        "n_rows": n_rows,
        "columns": [
            {
                "name": column.name,
                "type": str(column.type),
                "unit": column.unit,
                "meaning": column.meaning,
            }
            for column in table.columns
        ],
    }
