"""The database of the house's tests: the embedded PostgreSQL on a home of its own."""

import os
import tempfile
from pathlib import Path

import psycopg
import pytest

from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account

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
