"""Making a cluster, and the roles and the database in it."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from regulars.kit.children import tied_to_us
from regulars.kit.errors import Refusal
from regulars.kit.postgres.account import Account
from regulars.kit.postgres.binaries import Binaries
from regulars.kit.postgres.layout import Layout
from regulars.kit.postgres.passwords import Role
from regulars.kit.texts import N_

DATABASE = "regulars"
# Sorting by code point is the same on every machine and in every version; the builtin provider,
# which also knows letters beyond ASCII, is there from 17 on.
_LOCALE = {
    16: ["--locale=C", "--encoding=UTF8"],
    18: ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"],
}
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def major_of(data: Path) -> int | None:
    """The version that made the data folder; None where there is none yet."""
    try:
        return int((data / "PG_VERSION").read_text().split(".")[0])
    except FileNotFoundError:
        return None


def make(layout: Layout, binaries: Binaries, keeper_password: str) -> None:
    """Make the cluster whole or not at all: a start killed in the midst leaves none.

    Each try has a folder of its own: what a killed one started may go on writing for a moment.
    """
    for left in layout.postgres.glob("data.new*"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = layout.postgres / f"data.new-{secrets.token_hex(4)}"
    with tempfile.NamedTemporaryFile("w", dir=layout.sockets, encoding="utf-8") as password:
        password.write(keeper_password)
        password.flush()
        layout.account.own(Path(password.name))
        _run(
            [
                binaries.program("initdb"),
                f"--pgdata={fresh}",
                f"--username={Role.KEEPER}",
                f"--pwfile={password.name}",
                "--auth=scram-sha-256",
                "--data-checksums",
                "--no-instructions",
                *_LOCALE[binaries.major],
            ],
            layout.account,
        )
    fresh.rename(layout.data)


def set_keeper_password(layout: Layout, binaries: Binaries, password: str) -> None:
    """Give the superuser a new password while no server runs: the old one was lost."""
    statement = f"ALTER ROLE {Role.KEEPER} PASSWORD '{password}'"
    command = [binaries.program("postgres"), "--single", "-D", str(layout.data), "postgres"]
    _run(command, layout.account, told=statement)


def ensure_roles(keeper: psycopg.Connection, passwords: dict[Role, str]) -> None:
    """Make what is missing of the roles and the database; a repeated call changes nothing."""
    for role in (Role.OWNER, Role.APP, Role.ANALYST):
        name = sql.Identifier(role)
        if not _is_there(keeper, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            keeper.execute(sql.SQL("CREATE ROLE {}").format(name))
        keeper.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(passwords[role]))
        )
    owner, database = sql.Identifier(Role.OWNER), sql.Identifier(DATABASE)
    # So that `regulars doctor` sees who holds whom up.
    keeper.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(owner))
    if not _is_there(keeper, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
        keeper.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    keeper.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    keeper.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
            database, sql.Identifier(Role.APP)
        )
    )
    analyst = sql.Identifier(Role.ANALYST)
    # No place of its own to write to either: not even for passing tables or functions.
    keeper.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, analyst))
    for setting in ("default_transaction_read_only = on", "search_path = analyst"):
        keeper.execute(sql.SQL(f"ALTER ROLE {{}} SET {setting}").format(analyst))


def ensure_grants(keeper: psycopg.Connection) -> None:
    """In the database itself: what the owner makes, the app may use; append-only comes on top."""
    owner, app = sql.Identifier(Role.OWNER), sql.Identifier(Role.APP)
    for rights, things in (
        ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
        ("USAGE, SELECT", "SEQUENCES"),
        ("EXECUTE", "FUNCTIONS"),
    ):
        keeper.execute(
            sql.SQL(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} IN SCHEMA public"
                f" GRANT {rights} ON {things} TO {{}}"
            ).format(owner, app)
        )


def has_app_role(connection: psycopg.Connection) -> bool:
    """Whether our two roles are there; a database of the company's own has but one."""
    return _is_there(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", Role.APP)


def hold_append_only(connection: psycopg.Connection) -> None:
    """Take the app's rights to change what a trigger keeps from change.

    A backup of a database with one role brings the triggers, and no word of the other role.
    """
    if not has_app_role(connection):
        return
    kept = connection.execute(
        "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE tgfoid = to_regproc('public.refuse_change')"
    ).fetchall()
    for (table,) in kept:
        connection.execute(
            sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                sql.Identifier(table), sql.Identifier(Role.APP)
            )
        )


def _is_there(keeper: psycopg.Connection, question: str, name: str) -> bool:
    return keeper.execute(question.encode(), [name]).fetchone() is not None


def _run(command: list[str], account: Account, told: str | None = None) -> None:
    program = subprocess.Popen(
        tied_to_us(command, "KILL"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env=ENVIRONMENT,
        text=True,
        **account.popen_options(),
    )
    with program:
        try:
            said, complaint = program.communicate(told)
        except BaseException:
            # What it started itself would go on writing into a folder that is removed meanwhile.
            os.killpg(program.pid, signal.SIGKILL)
            raise
    if program.returncode != 0:
        raise Refusal(
            "postgres_refused",
            N_("PostgreSQL's program {name} ended with: {cause}"),
            N_("Mend that (room on the disk, rights on the folder), and start again."),
            name=Path(command[0]).name,
            cause=(complaint or said).strip()[-500:],
        )
