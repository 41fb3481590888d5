import contextlib
import os
import signal
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest

from regulars.kit.errors import Refusal
from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.kit.postgres.processes import of_cluster
from tests.kit.postgres.conftest import ask


def test_a_second_start_finds_everything_as_it_was(server):
    server.start()
    ask(server, "CREATE TABLE kept (n int)")
    ask(server, "INSERT INTO kept VALUES (1), (2)")
    server.stop()
    again = server.start()
    assert (again.is_new, again.has_recovered, again.n_stopped) == (False, False, 0)
    assert ask(server, "SELECT n FROM kept ORDER BY n") == [(1,), (2,)]


def test_nothing_runs_and_no_socket_is_left_after_a_stop(server):
    server.start()
    server.stop()
    assert of_cluster(server.layout.data) == []
    assert not server.layout.sockets.exists()


def test_what_was_committed_survives_a_kill_of_the_server(server):
    server.start()
    ask(server, "CREATE TABLE kept (n int)")
    for n in range(20):
        ask(server, f"INSERT INTO kept VALUES ({n})")
    os.kill(server.pid, signal.SIGKILL)
    again = server.start()
    assert again.has_recovered
    assert ask(server, "SELECT count(*), sum(n) FROM kept") == [(20, 190)]


def test_what_was_committed_survives_a_kill_of_all_its_processes_at_once(server):
    server.start()
    ask(server, "CREATE TABLE kept (n int)")
    ask(server, "INSERT INTO kept SELECT generate_series(1, 1000)")
    for pid in of_cluster(server.layout.data):
        with contextlib.suppress(ProcessLookupError):  # its worker may have ended by itself
            os.kill(pid, signal.SIGKILL)
    assert server.start().has_recovered
    assert ask(server, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_child_that_calculates_on_after_its_server_was_killed_is_ended(server):
    server.start()
    with closing(psycopg.connect(server.conninfo(Role.OWNER), autocommit=True)) as busy:
        pid = busy.info.backend_pid
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000)")
        os.kill(server.pid, signal.SIGKILL)
        again = server.start()
    assert again.n_stopped >= 1
    assert pid not in of_cluster(server.layout.data)
    assert ask(server, "SELECT 1") == [(1,)]


def test_a_pid_file_that_names_a_living_stranger_does_not_stop_the_start(server):
    server.start()
    port_and_rest = (server.layout.data / "postmaster.pid").read_text().splitlines()[1:]
    for pid in of_cluster(server.layout.data):
        os.kill(pid, signal.SIGKILL)
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **account().popen_options())
    try:
        noted = "\n".join([str(stranger.pid), *port_and_rest]) + "\n"
        (server.layout.data / "postmaster.pid").write_text(noted)
        lock = server.layout.socket.with_name(server.layout.socket.name + ".lock")
        lock.write_text(noted)
        assert server.start().has_recovered
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_socket_s_path_is_short_however_long_the_home_s_is(home, server_on, folder):
    deep = folder / ("long" * 30) / ("longer" * 20)
    deep.mkdir(parents=True, mode=0o711)
    deep.parent.chmod(0o711)
    home.rename(deep / "home")
    server = server_on(deep / "home")
    server.start()
    assert len(str(server.layout.data)) > 107
    assert len(str(server.layout.socket)) < 107
    assert ask(server, "SELECT 1") == [(1,)]


def test_two_installations_run_beside_each_other(home, pristine, server_on):
    one, other = server_on(home), server_on(pristine)
    one.start()
    other.start()
    ask(one, "CREATE TABLE only_here (n int)")
    assert ask(other, "SELECT to_regclass('only_here')") == [(None,)]


def test_a_second_supervisor_of_the_same_home_is_refused_and_the_first_goes_on(server, server_on):
    server.start()
    with pytest.raises(Refusal) as refused:
        server_on(server.layout.home).start()
    assert refused.value.code == "already_running"
    assert refused.value.facts["pid"] == str(os.getpid())
    assert ask(server, "SELECT 1") == [(1,)]


def test_lost_passwords_are_made_anew(server):
    server.layout.passwords.unlink()
    server.start()
    assert ask(server, "SELECT current_user", role=Role.APP) == [(Role.APP,)]


def test_the_role_that_runs_the_house_makes_no_tables_and_sees_no_other_database(server):
    server.start()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server, "CREATE TABLE mine (n int)", role=Role.APP)
    (settings,) = ask(
        server,
        "SELECT current_setting('listen_addresses'), rolsuper, rolcreatedb, rolcreaterole"
        " FROM pg_roles WHERE rolname = current_user",
        role=Role.APP,
    )
    assert settings == ("", False, False, False)


def test_a_wrong_password_is_refused(server):
    server.start()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.conninfo(Role.OWNER), password="guessed")


def test_data_and_socket_are_closed_to_others(server):
    server.start()
    closed = (server.layout.data, server.layout.postgres, server.layout.sockets)
    assert [oct(folder.stat().st_mode & 0o077) for folder in closed] == ["0o0"] * 3
    assert oct(server.layout.passwords.stat().st_mode & 0o777) == "0o600"


def test_a_socket_folder_that_a_stranger_prepared_is_not_used(home, server_on):
    server = server_on(home)
    server.layout.sockets.mkdir(mode=0o755)
    with pytest.raises(Refusal) as refused:
        server.start()
    assert refused.value.code == "socket_folder_taken"


def test_a_broken_data_folder_is_told_with_postgres_own_words(server):
    (server.layout.data / "global" / "pg_control").unlink()
    with pytest.raises(Refusal) as refused:
        server.start()
    assert refused.value.code == "postgres_does_not_start"
    assert "pg_control" in str(refused.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_under_root_a_home_that_postgres_may_not_enter_is_named(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Refusal) as refused:
        Layout(closed / "home", account()).prepare()
    assert refused.value.code == "home_closed"
    assert refused.value.facts["barrier"] == closed


def test_a_file_is_no_place_for_a_house(folder):
    (folder / "file").write_text("")
    with pytest.raises(Refusal) as refused:
        Layout(folder / "file", account()).prepare()
    assert refused.value.code == "home_unusable"
    assert refused.value.facts == {"folder": folder / "file", "cause": "Not a directory"}


def test_a_folder_that_cannot_be_made_is_refused(folder):
    (folder / "file").write_text("")
    with pytest.raises(Refusal) as refused:
        Layout(folder / "file" / "home", account()).prepare()
    assert refused.value.code == "home_unusable"


STILL_MAKING = """
import pathlib, sys, time
made = pathlib.Path(sys.argv[1], "data.new")
while True:
    made.mkdir(exist_ok=True)
    (made / "PG_VERSION").write_text("18")
    time.sleep(0.001)
"""


def test_what_a_killed_first_start_is_still_writing_is_not_in_the_way(folder):
    server = Server(Layout(folder / "fresh", account()))
    server.layout.prepare()
    with subprocess.Popen([sys.executable, "-c", STILL_MAKING, server.layout.postgres]) as left:
        try:
            assert server.start().is_new
        finally:
            left.kill()
            server.stop()
