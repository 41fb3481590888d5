"""A command that works in the book: on a house that runs, or on its database started for this."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.cli.place import has_own_database, layout_of, settings_for
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


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
    from django.db import DatabaseError, connection
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
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
