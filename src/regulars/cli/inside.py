"""A command that works in the book: on a house that runs, or on its database started for this."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.cli.faults import STOPPED
from regulars.cli.place import has_own_database, layout_of, settings_for
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class StoppedMidway(Refusal):
    """Somebody pressed Ctrl-C."""

    exit_code = STOPPED

    def __init__(self) -> None:
        super().__init__(
            "stopped",
            N_("Stopped. What was stored stays."),
            N_("Do the same again to go on from there."),
        )


@contextmanager
def in_the_book(home: Path | None) -> Iterator[None]:
    """Django stands and leads to the book, as the role that cannot change what is append-only."""
    layout = layout_of(home)
    from regulars.kit.postgres import Role, Server

    os.environ.update(settings_for(layout, 8000))
    if not has_own_database():
        with _django():
            yield
        return
    if not layout.data.exists():
        raise Refusal(
            "no_house",
            N_("There is no house on {home}."),
            N_("Name its folder with --home, or start one there with: regulars up"),
            home=layout.home,
        )
    server = Server(layout)
    runs_already = server.runs_elsewhere()
    if not runs_already:
        server.start()
    try:
        os.environ["DATABASE_URL"] = server.address(Role.APP)
        with _django():
            yield
    finally:
        if not runs_already:
            server.stop()


@contextmanager
def _django() -> Iterator[None]:
    import django

    django.setup()
    from django.db import DatabaseError, InterfaceError, OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise Refusal(
            "no_database",
            N_("The database does not answer: {cause}"),
            N_("See that it runs and that DATABASE_URL is right."),
            cause=str(error).strip().splitlines()[-1],
        ) from None
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refusal(
            "tables_of_another_version",
            N_("The tables of this house are not those of this version."),
            N_("Start this version once with: regulars up"),
        )
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedMidway from None
    except (OperationalError, InterfaceError) as error:
        raise Refusal(
            "database_went",
            N_("The database went away: {cause}"),
            N_("What was stored stays. See that the database runs, and do the same again."),
            cause=(str(error).strip().splitlines() or ["no reason was given"])[-1],
        ) from None
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
