"""A database of its own for tests that commit: an append-only table cannot be emptied again."""

from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections

from regulars.kit.postgres import Role

NAME = "committed"


@pytest.fixture(scope="session")
def keeper(house_server):
    with psycopg.connect(house_server.conninfo(Role.KEEPER, "postgres"), autocommit=True) as made:
        yield made


@contextmanager
def on_database(name):
    """Django's connections, of every thread, lead to another database of the same server."""
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
