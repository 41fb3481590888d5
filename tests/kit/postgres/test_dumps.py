import json
import tarfile
import threading

import psycopg
import pytest

from regulars.kit.errors import Refusal
from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.kit.postgres.binaries import program_for
from regulars.kit.postgres.dumps import back_up, restore
from tests.kit.postgres.conftest import ask


@pytest.fixture
def filled(server):
    server.start()
    ask(server, "CREATE TABLE kept (n int PRIMARY KEY, said text, at timestamptz DEFAULT now())")
    ask(server, "INSERT INTO kept SELECT n, 'te och kaffe ' || n FROM generate_series(1, 500) n")
    return server


def saved(server, folder):
    file = folder / "made.backup"
    return file, back_up(server.conninfo(Role.OWNER), file)


def put_into(server, file):
    return restore(server.conninfo(Role.OWNER), file)


def test_everything_comes_back_on_another_major_version(folder, server_on):
    old = Server(Layout(folder / "old", account()), major=16)
    old.start()
    ask(old, "CREATE TABLE kept (n int, said text)")
    ask(old, "INSERT INTO kept VALUES (1, 'å'), (2, '茶'), (3, NULL)")
    file, manifest = saved(old, folder)
    old.stop()
    new = server_on(folder / "new")
    new.start()
    assert put_into(new, file) == manifest
    assert (manifest.postgres_major, new.binaries().major) == (16, 18)
    assert ask(new, "SELECT * FROM kept ORDER BY n") == [(1, "å"), (2, "茶"), (3, None)]


def test_a_backup_is_of_one_instant_while_others_write(filled, folder, server_on):
    stop = threading.Event()

    def write():
        n = 1000
        with psycopg.connect(filled.conninfo(Role.OWNER), autocommit=True) as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO kept VALUES (%s, 'meanwhile')", [n])
                n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        file, manifest = saved(filled, folder)
    finally:
        stop.set()
        writer.join()
    new = server_on(folder / "new")
    new.start()
    put_into(new, file)
    assert ask(new, "SELECT count(*) FROM kept") == [(manifest.tables["kept"].n_rows,)]


def test_a_backup_that_is_not_what_it_says_is_refused(filled, folder, server_on):
    file, _ = saved(filled, folder)
    with tarfile.open(file) as archive:
        archive.extractall(folder / "parts", filter="data")
    note = folder / "parts" / "manifest.json"
    told = json.loads(note.read_text())
    told["tables"]["kept"]["checksum"] = "1"
    note.write_text(json.dumps(told))
    with tarfile.open(file, "w") as archive:
        for part in note.parent.iterdir():
            archive.add(part, arcname=part.name)
    new = server_on(folder / "new")
    new.start()
    with pytest.raises(Refusal) as refused:
        put_into(new, file)
    assert (refused.value.code, refused.value.facts["tables"]) == ("restore_differs", "kept")


@pytest.mark.parametrize("length", [0, 700, 5000])
def test_a_file_that_was_cut_off_is_refused_and_nothing_is_restored(filled, folder, length):
    file, _ = saved(filled, folder)
    file.write_bytes(file.read_bytes()[:length])
    ask(filled, "DROP TABLE kept")
    with pytest.raises(Refusal) as refused:
        put_into(filled, file)
    assert refused.value.code == "no_backup"
    assert ask(filled, "SELECT to_regclass('kept')") == [(None,)]


def test_a_backup_is_for_nobody_else_to_read(filled, folder):
    file, _ = saved(filled, folder)
    assert oct(file.stat().st_mode & 0o777) == "0o600"


def test_an_older_server_is_no_place_for_a_backup_of_a_newer_one(filled, folder, server_on):
    file, _ = saved(filled, folder)
    old = Server(Layout(folder / "old", account()), major=16)
    old.start()
    try:
        with pytest.raises(Refusal) as refused:
            put_into(old, file)
        assert ask(old, "SELECT to_regclass('kept')") == [(None,)]
    finally:
        old.stop()
    assert refused.value.code == "database_too_old"
    assert (refused.value.facts["made"], refused.value.facts["here"]) == (18, 16)


def test_programs_are_the_oldest_of_ours_that_understand_the_server():
    assert "/pginstall/" in program_for("pg_dump", 16)
    assert "/pginstall18/" in program_for("pg_dump", 17)
    assert "/pginstall18/" in program_for("pg_dump", 18)


@pytest.mark.parametrize(("theirs", "is_found"), [("19.1", True), ("17.2", False)])
def test_a_server_newer_than_ours_needs_the_programs_of_the_machine(
    monkeypatch, tmp_path, theirs, is_found
):
    program = tmp_path / "pg_dump"
    program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {theirs}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    if is_found:
        assert program_for("pg_dump", 19) == str(program)
        return
    with pytest.raises(Refusal) as refused:
        program_for("pg_dump", 19)
    assert refused.value.code == "server_too_new"
