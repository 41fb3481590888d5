"""`regulars doctor`: what works, what does not, and how to mend it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.options import spoken
from regulars.cli.place import (
    has_own_database,
    layout_of,
    named_database,
    need_the_house,
    settings_for,
)
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_, say

if TYPE_CHECKING:
    from regulars.book.queries.promises import Overdue
    from regulars.kit.postgres import Layout, Server

LEAST_ROOM_MB = 1000
_NO_PASSWORDS = (
    N_("The passwords of the database are gone: there is no {file}."),
    N_("Stop the house and start it with: regulars up. It makes new ones."),
)
LONGEST_WRITE = timedelta(seconds=2)
LONGEST_LAG = timedelta(minutes=1)


@dataclass(frozen=True)
class Finding:
    """What one look found; `mend` is empty where nothing is wrong."""

    said: str
    mend: str = ""
    facts: dict[str, object] = field(default_factory=dict)


def doctor(
    *,
    home: Annotated[
        Path | None, typer.Option(help=N_("Folder of the data; or set REGULARS_HOME."))
    ] = None,
    lang: Annotated[str | None, typer.Option(help=N_("en, zh-hans or sv."))] = None,
) -> None:
    """Look at every part; changes nothing. Exit code 1 where something is to be mended."""
    need_the_house()
    language = spoken(lang)
    is_sound = True
    for finding in _findings(home):
        mark = "!" if finding.mend else "-"
        print(mark, say(finding.said, language, **finding.facts))
        if finding.mend:
            is_sound = False
            print(" ", say(finding.mend, language, **finding.facts))
    if not is_sound:
        raise typer.Exit(1)


def _findings(home: Path | None) -> Iterator[Finding]:
    """One after another; what cannot be looked at for want of the one before is left out."""
    from regulars.kit.postgres import Role, Server
    from regulars.kit.postgres.reaching import refuse_unusable

    is_ours = has_own_database()
    try:
        layout = layout_of(home, may_make=False)
        yield from _look_at_account(layout)
        if is_ours:
            server = Server(layout)
            yield from _look_at_home(layout)
            yield _running(server)
            if not server.runs_elsewhere():
                return
            if not layout.passwords.exists():
                yield Finding(*_NO_PASSWORDS, {"file": layout.passwords})
                return
            os.environ["DATABASE_URL"] = server.address(Role.OWNER)
        os.environ.update(settings_for(layout, 8000, may_make=False))
        refuse_unusable(named_database())
        yield from _look_inside()
        if is_ours:
            yield _analysts(layout)
    except Refusal as refusal:
        yield Finding(refusal.message, refusal.mend, dict(refusal.facts))


def _look_at_home(layout: "Layout") -> Iterator[Finding]:
    if not layout.data.exists():
        yield Finding(
            N_("There is no house on {home}."),
            N_("Name its folder with --home, or start one there with: regulars up"),
            {"home": layout.home},
        )
        return
    free = shutil.disk_usage(layout.home).free // 1_000_000
    yield Finding(
        N_("The data lies in {home}; {free} MB are free there."),
        N_("Make room: without it nothing can be stored.") if free < LEAST_ROOM_MB else "",
        {"home": layout.home, "free": free},
    )


def _look_at_account(layout: "Layout") -> Iterator[Finding]:
    """Only under root is there a choice; on a machine that serves nobody else root will do."""
    from regulars.cli.privileges import AS_ROOT, AS_ROOT_MEND, why_not_run_by

    if not layout.account.is_another:
        return
    cause = why_not_run_by(layout.account)
    is_production = os.environ.get("REGULARS_PRODUCTION") == "1"
    yield Finding(
        AS_ROOT if cause else N_("Pages and jobs run as {name}, as the database does."),
        AS_ROOT_MEND if cause and is_production else "",
        {"name": layout.account.name, "cause": cause},
    )


def _running(server: "Server") -> Finding:
    if server.runs_elsewhere():
        return Finding(N_("The database runs."))
    return Finding(N_("The house does not run."), N_("Start it with: regulars up"))


def _analysts(layout: "Layout") -> Finding:
    """How they connect; the password is not for the screen."""
    from regulars.kit.postgres import Role

    return Finding(
        N_("Analysts read the views of {role} at {address}; the password is in {file}."),
        "",
        {
            "role": Role.ANALYST,
            "address": f"postgresql://{Role.ANALYST}@/regulars?host={layout.sockets}",
            "file": layout.passwords,
        },
    )


def _look_inside() -> Iterator[Finding]:
    import django

    django.setup()
    yield _version()
    behind = _migrations()
    yield behind
    if not behind.mend:
        yield from _look_at_work()


def _version() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    return Finding(N_("It is PostgreSQL {version}."), "", {"version": version})


def _migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    left = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if left:
        return Finding(
            N_("{n} changes of the tables are still to be made."),
            N_("Start this version once with: regulars up"),
            {"n": left},
        )
    return Finding(N_("The tables are as this version wants them."))


def _overdue(found: "Overdue") -> Finding:
    """The worker records every ten seconds what has passed, so nothing is left for long."""
    if not found.n:
        return Finding(N_("Every promise that was broken is recorded."))
    return Finding(
        N_("Broken promises not recorded yet: {n}, the oldest due {seconds} s ago."),
        N_("See that the worker runs: it records each at the moment it was due.")
        if found.waits > LONGEST_LAG
        else "",
        {"n": found.n, "seconds": round(found.waits.total_seconds())},
    )


def _look_at_work() -> Iterator[Finding]:
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    from regulars.book.queries.lag import lags, oldest_writer
    from regulars.book.queries.promises import unrecorded_breaches
    from regulars.company.queries.standing import house_standing

    if house_standing().has_worker:
        yield Finding(N_("A worker does the jobs."))
    else:
        yield Finding(
            N_("No worker has been heard of for a minute; jobs wait, none is lost."),
            N_("Look at what regulars up says; it starts the worker again by itself."),
        )
    if n_failed := ProcrastinateJob.objects.filter(status="failed").count():
        yield Finding(
            N_("{n} jobs have failed."),
            N_("The log of the worker says why; each is kept in procrastinate_jobs."),
            {"n": n_failed},
        )
    yield _overdue(unrecorded_breaches(timezone.now()))
    waited = oldest_writer()
    yield Finding(
        N_("The oldest transaction that writes is {seconds} s old; readers wait for it."),
        N_("Find who holds it open: none of ours lasts longer than 2 s.")
        if waited > LONGEST_WRITE
        else "",
        {"seconds": round(waited.total_seconds(), 1)},
    )
    for lag in lags():
        if lag.n_failures:
            yield Finding(
                N_("{reader} cannot go on, after {n} tries, the last at {at}: {error}"),
                N_("The log of the worker says where; it goes on by itself once that is mended."),
                {"reader": lag.reader, "n": lag.n_failures}
                | {"at": f"{lag.failed_at:%Y-%m-%d %H:%M} UTC", "error": lag.last_error},
            )
        yield Finding(
            N_("{reader} has {n} events to read, the oldest {seconds} s old."),
            N_("See that the worker runs.") if lag.waits > LONGEST_LAG else "",
            {"reader": lag.reader, "n": lag.n_unread, "seconds": round(lag.waits.total_seconds())},
        )
