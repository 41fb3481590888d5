"""Clusters to break: made once, copied for each test, and nothing left running."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.kit.postgres.processes import clear_orphans


@pytest.fixture(scope="session")
def pristine(open_folder):
    """An installation that was started and stopped once."""
    layout = Layout(open_folder / "pristine", account())
    server = Server(layout)
    started = server.start()
    server.stop()
    assert started.is_new
    return layout.home


@pytest.fixture
def folder(open_folder):
    with tempfile.TemporaryDirectory(dir=open_folder) as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture
def home(pristine, folder):
    subprocess.run(["cp", "-a", pristine, folder / "home"], check=True)
    return folder / "home"


@pytest.fixture
def server_on():
    """Servers on homes; whatever the test did to them, none is left."""
    made = []

    def serve(home: Path) -> Server:
        made.append(Server(Layout(home, account())))
        return made[-1]

    yield serve
    for each in made:
        each.stop()
        clear_orphans(each.layout.data)
        shutil.rmtree(each.layout.sockets, ignore_errors=True)


@pytest.fixture
def server(home, server_on):
    return server_on(home)


def ask(server, statement, *, role=Role.OWNER):
    with psycopg.connect(server.conninfo(role), autocommit=True) as connection:
        done = connection.execute(statement)
        return done.fetchall() if done.description else None
