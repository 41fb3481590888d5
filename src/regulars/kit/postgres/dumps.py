"""Backups: one file with the dump, and what is in it table by table, so that it can be proved."""

import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from regulars.kit.children import tied_to_us
from regulars.kit.errors import Refusal
from regulars.kit.folders import passing
from regulars.kit.postgres.binaries import program_for
from regulars.kit.postgres.cluster import ENVIRONMENT, has_app_role, hold_append_only
from regulars.kit.postgres.reaching import connected, major_of_server
from regulars.kit.postgres.sums import TableSum, table_names, table_sums
from regulars.kit.texts import N_

FORMAT = 1
_DUMP, _MANIFEST = "database.dump", "manifest.json"
_UNFINISHED, _UNPACKED = ".regulars-backup-", "regulars-unpacked-"


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


def back_up(conninfo: str, file: Path) -> Manifest:
    """Write a backup of one instant, while others go on writing; whole, or not at all."""
    with connected(conninfo) as connection, _beside(file) as folder:
        pg_dump = program_for("pg_dump", major_of_server(connection))
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        # It stands idle while the dump is written, which would otherwise end it.
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        (snapshot, made_at) = connection.execute(
            "SELECT pg_export_snapshot(), to_char(now(), 'YYYY-MM-DD\"T\"HH24:MI:SSOF')"
        ).fetchone() or ("", "")
        dump = folder / _DUMP
        _run(
            [
                *(pg_dump, "--format=custom", f"--snapshot={snapshot}"),
                *(f"--file={dump}", "--no-owner", *_rights(connection)),
                f"--dbname={_without_password(conninfo)}",
            ],
            conninfo,
        )
        manifest = Manifest(made_at, major_of_server(connection), table_sums(connection))
        note = folder / _MANIFEST
        note.write_text(json.dumps({"format": FORMAT} | asdict(manifest), indent=1))
        _pack(folder / file.name, note, dump).rename(file)
    return manifest


def restore(conninfo: str, file: Path) -> Manifest:
    """Put a backup into an empty database, and prove that all of it is there."""
    with aside(_UNPACKED) as folder:
        manifest = _unpack(file, folder)
        with connected(conninfo) as connection:
            _refuse_unfit(connection, manifest)
            pg_restore = program_for("pg_restore", major_of_server(connection))
            rights = _rights(connection)
        _run(
            [
                *(pg_restore, "--exit-on-error", "--single-transaction", "--no-owner", *rights),
                *(f"--dbname={_without_password(conninfo)}", str(folder / _DUMP)),
            ],
            conninfo,
        )
    with connected(conninfo) as connection:
        hold_append_only(connection)
        found = table_sums(connection)
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
    with aside(_UNPACKED) as folder:
        return _unpack(file, folder)


@contextmanager
def aside(prefix: str) -> Iterator[Path]:
    """A folder for what is needed for a while; it may become large, and TMPDIR says where."""
    within = Path(tempfile.gettempdir())
    try:
        with passing(within, prefix) as folder:
            yield folder
    except OSError as error:
        raise Refusal(
            "cannot_unpack",
            N_("The backup cannot be unpacked in {folder}: {cause}."),
            N_("Make room there, or name another folder with TMPDIR."),
            folder=within,
            cause=error.strerror or error,
        ) from None


def _rights(connection: psycopg.Connection) -> list[str]:
    """Rights speak of our two roles; a database of the company's own has one of another name."""
    return [] if has_app_role(connection) else ["--no-privileges"]


def _refuse_unfit(connection: psycopg.Connection, manifest: Manifest) -> None:
    if taken := table_names(connection):
        raise Refusal(
            "database_taken",
            N_("The database is not empty (it has {n} tables), and restoring never writes over."),
            N_("Make an empty one with CREATE DATABASE, and name it in DATABASE_URL."),
            n=len(taken),
        )
    if major_of_server(connection) < manifest.postgres_major:
        raise Refusal(
            "database_too_old",
            N_("The backup is of PostgreSQL {made}, and this is {here}: there is no way back."),
            N_("Restore it into PostgreSQL {made} or newer."),
            made=manifest.postgres_major,
            here=major_of_server(connection),
        )


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A folder where the backup will lie: there has to be room anyway, and only we may read it."""
    try:
        with passing(file.absolute().parent, _UNFINISHED) as folder:
            yield folder
    except OSError as error:
        raise Refusal(
            "cannot_write",
            N_("The backup cannot be written to {file}: {cause}."),
            N_("Choose a folder with room that you may write to."),
            file=file,
            cause=error.strerror or error,
        ) from None


def _pack(file: Path, *parts: Path) -> Path:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        with tarfile.open(fileobj=written, mode="w") as archive:
            for part in parts:
                archive.add(part, arcname=part.name)
        written.flush()
        os.fsync(written.fileno())
    return file


def _unpack(file: Path, folder: Path) -> Manifest:
    try:
        with _opened(file) as archive:
            for name in (_MANIFEST, _DUMP):
                archive.extract(name, folder, filter="data")
        told = json.loads((folder / _MANIFEST).read_text())
        if told.pop("format") != FORMAT:
            raise ValueError
        tables = {name: TableSum(**table) for name, table in told.pop("tables").items()}
        return Manifest(tables=tables, **told)
    except (tarfile.TarError, KeyError, ValueError, TypeError):
        raise Refusal(
            "no_backup",
            N_("{file} is no whole backup of Regulars."),
            N_("Give a file that regulars backup wrote; one that was cut off cannot be used."),
            file=file,
        ) from None


def _opened(file: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(file)
    except OSError as error:
        raise Refusal(
            "cannot_read_backup",
            N_("{file} cannot be read: {cause}."),
            N_("Give a file that regulars backup wrote."),
            file=file,
            cause=error.strerror or error,
        ) from None


def _without_password(conninfo: str) -> str:
    """A command line can be read by every user of the machine."""
    return psycopg.conninfo.make_conninfo(conninfo, password=None)


def _run(command: list[str], conninfo: str) -> None:
    password = str(psycopg.conninfo.conninfo_to_dict(conninfo).get("password", ""))
    done = subprocess.run(
        tied_to_us(command, "KILL"),
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
