"""`regulars backup` and `restore` of a database of the company's own, and who was erased since."""

import json
import subprocess
import uuid
from contextlib import contextmanager

import psycopg
import pytest

from regulars.kit.postgres import Role
from tests.support.house import CLEAN, COMMAND
from tests.support.house_database import on_database

AT = "2026-11-21T12:00:00+00:00"


def command(*words, **environment):
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=CLEAN | environment,
    )


@pytest.fixture
def named(house_server, keeper, migrated):
    """Databases of the company's own: their addresses, by name."""
    made = []

    def make(name, template="template0"):
        keeper.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {Role.OWNER}")
        made.append(name)
        return house_server.address(Role.OWNER).replace("/regulars?", f"/{name}?")

    yield make
    for name in made:
        keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")


def ask(address, question):
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(question).fetchall()


@contextmanager
def within(name, django_db_blocker):
    with django_db_blocker.unblock(), on_database(name):
        yield


@pytest.fixture
def theirs(named, migrated, django_db_blocker):
    """A database with two customers, Ana and Bo, and its address."""
    from regulars.book.services.customers import take_down_customer
    from regulars.book.services.epochs import ensure_epoch

    address = named("theirs", template=migrated)
    with within("theirs", django_db_blocker):
        ensure_epoch()
        for name in ("Ana", "Bo"):
            take_down_customer(name=name, source="desk", source_key=name, by=None)
    return address


def id_of(address, name):
    ((found,),) = ask(address, f"SELECT id FROM book_customer WHERE name = '{name}'")
    return found


def ledger(file, *customers):
    lines = [json.dumps({"customer": str(each), "erased_at": AT}) for each in customers]
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def test_a_named_database_comes_back_in_another_and_who_was_erased_since_does_not(
    theirs, named, open_folder
):
    file, home = open_folder / "kept" / "theirs.backup", open_folder / "their-home"
    file.parent.mkdir()
    saved = command("backup", file, "--home", home, DATABASE_URL=theirs)
    assert (saved.returncode, saved.stderr) == (0, "")
    proved = command("verify", file)
    assert (proved.returncode, "can be restored" in proved.stdout) == (0, True)
    ledger(file.with_name("erasures.jsonl"), id_of(theirs, "Ana"))
    again = named("again")
    restored = command("restore", file, "--home", home, DATABASE_URL=again)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert restored.stdout.splitlines()[-1] == "Customers erased after that, and now again: 1."
    assert ask(again, "SELECT name FROM book_customer ORDER BY name") == [("",), ("Bo",)]
    assert ask(again, "SELECT epoch FROM book_timeline") == [(2,)]
    kept = (home / "erasures" / "erasures.jsonl").read_text()
    assert json.loads(kept)["customer"] == str(id_of(theirs, "Ana"))


def test_a_home_is_restored_from_a_named_database_and_the_app_may_not_change_what_stays(
    theirs, open_folder
):
    file = open_folder / "single.backup"
    assert command("backup", file, "--home", open_folder / "x", DATABASE_URL=theirs).returncode == 0
    erased = ledger(open_folder / "lists" / "old.jsonl", id_of(theirs, "Bo"), uuid.uuid4())
    home = open_folder / "from-named"
    restored = command("restore", file, "--home", home, "--erasures", erased)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "now again: 2." in restored.stdout
    from regulars.kit.postgres import Layout, Server
    from regulars.kit.postgres.account import account

    server = Server(Layout(home, account()))
    server.start()
    try:
        names = ask(server.conninfo(Role.APP), "SELECT name FROM book_customer ORDER BY name")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            ask(server.conninfo(Role.APP), "DELETE FROM book_event RETURNING 1")
    finally:
        server.discard()
    assert names == [("",), ("Ana",)]


def test_a_database_that_is_not_empty_is_never_written_over(theirs, open_folder):
    file = open_folder / "taken.backup"
    assert command("backup", file, "--home", open_folder / "x", DATABASE_URL=theirs).returncode == 0
    refused = command("restore", file, "--home", open_folder / "x", DATABASE_URL=theirs)
    assert refused.returncode == 2
    assert refused.stderr.startswith("The database is not empty")
    assert len(ask(theirs, "SELECT 1 FROM book_customer")) == 2


def test_a_list_of_erasures_that_is_not_there_is_refused_before_anything_is_made(open_folder):
    home = open_folder / "never"
    refused = command("restore", open_folder / "b", "--home", home, "--erasures", "/nowhere")
    assert (refused.returncode, home.exists()) == (2, False)
    assert refused.stderr.startswith("There is no list of erasures /nowhere.")


def test_a_database_that_does_not_answer_is_said(open_folder):
    nobody = "postgresql://regulars@/regulars?host=/nowhere"
    refused = command(
        "backup", open_folder / "none", "--home", open_folder / "x", DATABASE_URL=nobody
    )
    assert refused.returncode == 2
    assert refused.stderr.startswith("The database does not answer: ")
    assert not (open_folder / "none").exists()
