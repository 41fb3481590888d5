"""`regulars backup` and `restore` of a database of the company's own, and who was erased since."""

import json
import os
import signal
import subprocess
import sys
import time
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


@pytest.fixture
def saved(theirs, open_folder):
    file = open_folder / "saved.backup"
    if not file.exists():
        made = command("backup", file, "--home", open_folder / "x", DATABASE_URL=theirs)
        assert made.returncode == 0
    return file


def begun(*words, home):
    """A restore that has begun to make its database."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, words), "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN,
    )
    until = time.monotonic() + 60
    while not (home / ".restoring" / "passwords.json").exists() and time.monotonic() < until:
        time.sleep(0.01)
    return process


def test_of_two_restores_to_one_home_one_is_refused_and_the_other_is_whole(saved, open_folder):
    home = open_folder / "one home"
    with begun("restore", saved, home=home) as first:
        second = command("restore", saved, "--home", home)
        said, _ = first.communicate(timeout=90)
    assert (first.returncode, "each proved" in said) == (0, True)
    assert second.returncode == 2
    assert second.stderr.startswith(f"Another restore to {home} is under way.")
    assert (home / "postgres" / "data" / "PG_VERSION").exists()
    assert not (home / ".restoring").exists()


@pytest.mark.parametrize(
    ("how", "code", "left"), [(signal.SIGKILL, -9, [".restoring"]), (signal.SIGTERM, 130, [])]
)
def test_a_restore_that_was_cut_off_leaves_no_house_and_another_one_goes_well(
    saved, open_folder, how, code, left
):
    home = open_folder / f"cut {how.name}"
    with begun("restore", saved, home=home) as cut:
        cut.send_signal(how)
        assert cut.wait(60) == code
    assert [path.name for path in home.iterdir()] == left
    assert command("restore", saved, "--home", home).returncode == 0
    assert not (home / ".restoring").exists()


def test_what_a_killed_backup_left_is_removed_by_the_next(theirs, open_folder, tmp_path):
    tmp_path.chmod(0o755)
    left = tmp_path / ".regulars-backup-left"
    left.mkdir()
    (left / "database.dump").write_text("names")
    os.utime(left, (time.time() - 60,) * 2)
    made = command("backup", tmp_path / "b", "--home", open_folder / "x", DATABASE_URL=theirs)
    assert (made.returncode, made.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b"]


@pytest.mark.parametrize(
    ("what", "said"),
    [("nothing", "cannot be read: No such file"), ("folder", "cannot be read: Is a directory")],
)
def test_what_cannot_be_read_is_not_called_a_broken_backup(tmp_path, what, said):
    (tmp_path / "folder").mkdir()
    refused = command("verify", tmp_path / what)
    assert (refused.returncode, said in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://u:secret@127.0.0.1:1/x", "The database does not answer: "),
        ("postgresql://u:secret@/x?host=/nowhere&nonsense=1", "The setting DATABASE_URL is"),
    ],
)
@pytest.mark.parametrize("verb", ["up", "doctor"])
def test_a_database_that_cannot_be_reached_is_said_with_its_cause(tmp_path, address, said, verb):
    refused = command(verb, "--home", tmp_path / "home", DATABASE_URL=address)
    assert refused.returncode == {"up": 2, "doctor": 1}[verb]
    assert said in refused.stdout + refused.stderr
    assert "secret" not in refused.stdout + refused.stderr
    assert not (tmp_path / "home").exists()


def test_two_houses_that_start_at_once_on_one_database_prepare_it_one_after_the_other(
    named, open_folder
):
    address = named("shared")
    told = CLEAN | {
        "DATABASE_URL": address,
        "REGULARS_HOME": str(open_folder / "shared-home"),
        "REGULARS_SECRET_KEY": "k" * 60,
        "DJANGO_SETTINGS_MODULE": "regulars.settings",
    }
    prepare = [sys.executable, "-m", "regulars.cli.prepare"]
    both = [
        subprocess.Popen(prepare, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    done = [each.communicate(timeout=120) for each in both]
    assert [each.returncode for each in both] == [0, 0], done
    n_migrations = sorted(json.loads(out.splitlines()[-1])["n_migrations"] for out, _ in done)
    assert (n_migrations[0], n_migrations[1] > 20) == (0, True)
