"""Clusters to break: made once, copied for each test, and nothing left running."""

import subprocess
from pathlib import Path

import psycopg
import pytest

from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.kit.postgres.processes import clear_orphans


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    """An installation that was started and stopped once."""
    # Under root pytest's folders are closed to the account PostgreSQL runs as.
    base = tmp_path_factory.getbasetemp()
    base.parent.chmod(0o711)
    base.chmod(0o711)
    layout = Layout(base / "pristine", account())
    server = Server(layout)
    started = server.start()
    server.stop()
    assert started.is_new
    return layout.home


@pytest.fixture
def home(pristine, tmp_path):
    tmp_path.chmod(0o711)
    subprocess.run(["cp", "-a", pristine, tmp_path / "home"], check=True)
    return tmp_path / "home"


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
        if each.layout.sockets.exists():
            for left in each.layout.sockets.iterdir():
                left.unlink()
            each.layout.sockets.rmdir()


@pytest.fixture
def server(home, server_on):
    return server_on(home)


def ask(server, statement, *, role=Role.OWNER):
    with psycopg.connect(server.conninfo(role), autocommit=True) as connection:
        done = connection.execute(statement)
        return done.fetchall() if done.description else None
