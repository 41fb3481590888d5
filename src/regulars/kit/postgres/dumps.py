"""Backups: one file with the dump, and what is in it table by table, so that it can be proved."""

import json
import os
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from regulars.kit.errors import Refusal
from regulars.kit.postgres.binaries import Binaries
from regulars.kit.postgres.cluster import ENVIRONMENT
from regulars.kit.texts import N_

FORMAT = 1
_DUMP, _MANIFEST = "database.dump", "manifest.json"


@dataclass(frozen=True)
class TableSum:
    """What a table holds: its rows, and a sum over them that does not depend on their order."""

    n_rows: int
    checksum: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    postgres_major: int
    tables: dict[str, TableSum]

    @property
    def n_rows(self) -> int:
        """Rows of all tables."""
        return sum(table.n_rows for table in self.tables.values())


def back_up(conninfo: str, binaries: Binaries, file: Path) -> Manifest:
    """Write a backup of one instant, while others go on writing; whole, or not at all."""
    with psycopg.connect(conninfo) as connection, tempfile.TemporaryDirectory() as folder:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        # It stands idle while the dump is written, which would otherwise end it.
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        (snapshot, made_at) = connection.execute(
            "SELECT pg_export_snapshot(), to_char(now(), 'YYYY-MM-DD\"T\"HH24:MI:SSOF')"
        ).fetchone() or ("", "")
        dump = Path(folder) / _DUMP
        _run(
            [
                *(binaries.program("pg_dump"), "--format=custom", f"--snapshot={snapshot}"),
                *(f"--file={dump}", "--no-owner", f"--dbname={_without_password(conninfo)}"),
            ],
            conninfo,
        )
        manifest = Manifest(made_at, connection.info.server_version // 10_000, _sums(connection))
        note = Path(folder) / _MANIFEST
        note.write_text(json.dumps({"format": FORMAT} | asdict(manifest), indent=1))
        _pack(file, note, dump)
    return manifest


def restore(conninfo: str, binaries: Binaries, file: Path) -> Manifest:
    """Put a backup into an empty database, and prove that all of it is there."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = _unpack(file, Path(folder))
        _run(
            [
                *(binaries.program("pg_restore"), "--exit-on-error", "--single-transaction"),
                *("--no-owner", f"--dbname={_without_password(conninfo)}"),
                str(Path(folder) / _DUMP),
            ],
            conninfo,
        )
    with psycopg.connect(conninfo) as connection:
        found = _sums(connection)
    if found != manifest.tables:
        different = sorted(
            name
            for name in found.keys() | manifest.tables.keys()
            if found.get(name) != manifest.tables.get(name)
        )
        raise Refusal(
            "restore_differs",
            N_("What was restored differs from what was backed up, in: {tables}."),
            N_("Do not use it. Take another backup file, and keep this one to be looked at."),
            tables=", ".join(different),
        )
    return manifest


def manifest_of(file: Path) -> Manifest:
    """What a backup says of itself; refused where the file is none."""
    with tempfile.TemporaryDirectory() as folder:
        return _unpack(file, Path(folder))


def _sums(connection: psycopg.Connection) -> dict[str, TableSum]:
    """Rows and checksum of every table, in one written form whatever the session's settings."""
    connection.execute("SET LOCAL timezone = 'UTC'")
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    question = sql.SQL(
        "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text"
        " FROM {} t"
    )
    return {
        name: TableSum(
            *(connection.execute(question.format(sql.Identifier(name))).fetchone() or ())
        )
        for (name,) in names
    }


def _pack(file: Path, *parts: Path) -> None:
    fresh = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as written:
            with tarfile.open(fileobj=written, mode="w") as archive:
                for part in parts:
                    archive.add(part, arcname=part.name)
            written.flush()
            os.fsync(written.fileno())
        fresh.rename(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise Refusal(
            "cannot_write",
            N_("The backup cannot be written to {file}: {cause}."),
            N_("Choose a folder with room that you may write to."),
            file=file,
            cause=error.strerror,
        ) from None


def _unpack(file: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(file) as archive:
            for name in (_MANIFEST, _DUMP):
                archive.extract(name, folder, filter="data")
        told = json.loads((folder / _MANIFEST).read_text())
        if told.pop("format") != FORMAT:
            raise ValueError
        tables = {name: TableSum(**table) for name, table in told.pop("tables").items()}
        return Manifest(tables=tables, **told)
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError):
        raise Refusal(
            "no_backup",
            N_("{file} is no whole backup of Regulars."),
            N_("Give a file that regulars backup wrote; one that was cut off cannot be used."),
            file=file,
        ) from None


def _without_password(conninfo: str) -> str:
    """A command line can be read by every user of the machine."""
    return psycopg.conninfo.make_conninfo(conninfo, password=None)


def _run(command: list[str], conninfo: str) -> None:
    password = str(psycopg.conninfo.conninfo_to_dict(conninfo).get("password", ""))
    done = subprocess.run(
        command,
        env=ENVIRONMENT | {"PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(
            "postgres_refused",
            N_("PostgreSQL's program {name} ended with: {cause}"),
            N_("Mend that (room on the disk, rights on the folder), and start again."),
            name=Path(command[0]).name,
            cause=done.stderr.strip()[-500:],
        )
