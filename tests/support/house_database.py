"""The database of the house's tests: the embedded PostgreSQL on a home of its own.

Most tests run in a transaction that is undone. An append-only table cannot be emptied again, so
those that commit get a database of their own.
"""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account

NAME = "committed"
# What is stored need not survive the machine, and the version can be asked for.
QUICK = {"fsync": "off", "full_page_writes": "off"}
MAJOR = int(os.environ.get("REGULARS_TEST_POSTGRES", "18"))


@pytest.fixture(scope="session")
def open_folder():
    """A folder any account may pass through; pytest's own are closed to all but its user."""
    with tempfile.TemporaryDirectory(prefix="regulars-test-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(scope="session")
def house_server(open_folder):
    server = Server(Layout(open_folder / "house", account()), major=MAJOR, settings=QUICK)
    server.start()
    with psycopg.connect(server.conninfo(Role.KEEPER, "postgres"), autocommit=True) as keeper:
        # The owner makes the test database, and tests look at it through the app's eyes too.
        keeper.execute(f"ALTER ROLE {Role.OWNER} CREATEDB")
        keeper.execute(f"GRANT {Role.APP} TO {Role.OWNER}")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(house_server):
    from django.db import connections

    said = psycopg.conninfo.conninfo_to_dict(house_server.conninfo(Role.OWNER))
    settings = connections.settings["default"]
    settings.update(
        HOST=said["host"], PORT=said["port"], USER=said["user"], PASSWORD=said["password"]
    )
    # The template brings the grants that a house's own database has.
    settings["TEST"]["TEMPLATE"] = "regulars"


@pytest.fixture(scope="session")
def keeper(house_server):
    with psycopg.connect(house_server.conninfo(Role.KEEPER, "postgres"), autocommit=True) as made:
        yield made


@contextmanager
def on_database(name):
    """Django's connections, of every thread, lead to another database of the same server."""
    from django.db import connection, connections

    settings = connections.settings["default"]
    before = settings["NAME"]
    connection.close()
    settings["NAME"] = name
    yield
    connection.close()
    settings["NAME"] = before


@pytest.fixture(scope="session")
def migrated(keeper, django_db_modify_db_settings, django_db_blocker):
    """A migrated database that the others are copied from."""
    from django.core.management import call_command

    keeper.execute(f"CREATE DATABASE migrated TEMPLATE regulars OWNER {Role.OWNER}")
    with django_db_blocker.unblock(), on_database("migrated"):
        call_command("migrate", verbosity=0)
    return "migrated"


@pytest.fixture
def committed(house_server, keeper, migrated, django_db_blocker):
    """Commits are real here, from every thread; the database is thrown away afterwards."""
    keeper.execute(f"CREATE DATABASE {NAME} TEMPLATE {migrated} OWNER {Role.OWNER}")
    with django_db_blocker.unblock(), on_database(NAME):
        yield house_server
    keeper.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
