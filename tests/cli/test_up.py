"""The whole house, started as a user starts it, and its parts killed."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg import connect

from regulars.cli.privileges import why_not_run_by
from regulars.kit.postgres import Role
from regulars.kit.postgres.processes import of_cluster, our_postmaster
from tests.support.house import CLEAN, COMMAND, Up, free_port


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture
def up(open_folder, port):
    """Start the house on the one home of this module; whatever happens, nothing is left."""
    started = []

    def start(on=port, home="home", **environment):
        started.append(Up(open_folder / home, on, **environment))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.stop()
        each.process.stdout.close()


def test_the_first_start_makes_the_first_owner_and_ctrl_c_leaves_nothing_running(up):
    house = up().until("Ctrl-C stops it.")
    url, page = house.join()
    assert (url, "The house is up." in page) == (house.address + "/", True)
    said = house.stop()
    assert said[-1] == "Stopped. Everything is kept; regulars up goes on from here."
    assert house.process.returncode == 0
    assert of_cluster(house.layout.data) == []
    with pytest.raises(OSError):
        house.get("/health")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts parts as another user")
def test_under_root_the_parts_run_as_the_account_of_the_database_or_it_is_said_why_not(up):
    house = up().until("Ctrl-C stops it.")
    owner = house.layout.account
    users = {Path(f"/proc/{pid}").stat().st_uid for pid in house.children().values()}
    if (cause := why_not_run_by(owner)) is None:
        assert users == {owner.uid}
    else:
        assert users == {0, owner.uid}
        said = f"Pages and jobs run as root, since {owner.name} cannot run them: {cause}"
        assert said in house.said


def test_ctrl_c_is_heard_where_a_shell_had_it_ignored(up):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        house = up()
    finally:
        signal.signal(signal.SIGINT, before)
    assert house.until("Ctrl-C stops it.").stop()[-1].startswith("Stopped.")


def test_a_second_start_knows_the_owner_and_asks_for_no_other(up):
    house = up().until("Ctrl-C stops it.")
    assert not [line for line in house.said if "welcome" in line]
    url, page = house.sign_in()
    assert (url, "The house is up." in page) == (house.address + "/", True)


def test_each_part_that_is_killed_is_started_again(up):
    house = up().until("Ctrl-C stops it.")
    house.sign_in()
    os.kill(our_postmaster(house.layout.data), signal.SIGKILL)
    house.until("nothing that was stored is lost").sound()
    os.kill(house.child("granian"), signal.SIGKILL)
    house.until("web ended (-9)").sound()
    os.kill(house.child("regulars.jobs"), signal.SIGKILL)
    house.until("jobs ended (-9)").sound()
    assert "The house is up." in house.get("/")[1]  # still signed in


def test_all_killed_at_once_is_recovered_and_said(up):
    house = up().until("Ctrl-C stops it.")
    house.sign_in()
    parts = [house.process.pid, *house.children().values(), *of_cluster(house.layout.data)]
    for pid in parts:
        os.kill(pid, signal.SIGSTOP)
    for pid in parts:
        os.kill(pid, signal.SIGKILL)
    house.rest()
    again = up().until("Ctrl-C stops it.")
    assert [line for line in again.said if "It put itself right: nothing stored is lost." in line]
    again.browser = house.browser
    assert "The house is up." in again.get("/")[1]


def test_a_taken_port_is_refused_before_anything_starts(up):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        house = up(on=taken.getsockname()[1])
        house.rest()
    assert house.process.returncode == 2
    assert of_cluster(house.layout.data) == []


def command(*words, **environment):
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=CLEAN | environment,
    )


def test_a_backup_of_the_running_house_is_proved_restored_and_runs_elsewhere(up, open_folder):
    file = open_folder / "house.backup"
    house = up().until("Ctrl-C stops it.")
    made = command("backup", file, "--home", house.home)
    house.stop()
    assert made.returncode == 0
    proved = command("verify", file)
    assert (proved.returncode, "can be restored" in proved.stdout) == (0, True)
    restored = command("restore", file, "--home", open_folder / "elsewhere")
    assert (restored.returncode, "each proved" in restored.stdout) == (0, True)
    again = up(home="elsewhere").until("Ctrl-C stops it.")
    assert not [line for line in again.said if "welcome" in line]
    assert "The house is up." in again.sign_in()[1]


def test_restoring_never_writes_over_a_house(open_folder):
    refused = command("restore", open_folder / "house.backup", "--home", open_folder / "elsewhere")
    assert refused.returncode == 2
    assert "restoring never writes over anything" in refused.stderr


def test_the_doctor_sees_a_house_that_runs_and_one_that_does_not(up, open_folder):
    asleep = command("doctor", "--home", open_folder / "home")
    assert (asleep.returncode, "! The house does not run." in asleep.stdout) == (1, True)
    house = up().until("Ctrl-C stops it.")
    house.sound()
    awake = command("doctor", "--home", open_folder / "home")
    assert (awake.returncode, [line for line in awake.stdout if line.startswith("!")]) == (0, [])
    assert "- A worker does the jobs." in awake.stdout


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "REGULARS_SECRET_KEY is not set."),
        ({"REGULARS_SECRET_KEY": "k" * 60}, "REGULARS_ADDRESS is not set."),
        (
            {"REGULARS_SECRET_KEY": "k" * 60, "REGULARS_ADDRESS": "http://shop.example"},
            "The setting REGULARS_ADDRESS is 'http://shop.example'.",
        ),
        ({"REGULARS_SECRET_KEY": "short"}, "The setting REGULARS_SECRET_KEY is 'too short'."),
    ],
)
def test_production_starts_nothing_half_configured(open_folder, environment, named):
    home = open_folder / "production"
    refused = command("up", "--home", home, REGULARS_PRODUCTION="1", **environment)
    assert refused.returncode == 2
    assert named in refused.stderr
    assert not home.exists()


PRODUCTION = {
    "REGULARS_PRODUCTION": "1",
    "REGULARS_SECRET_KEY": "production" * 6 + "0123456789",
    "REGULARS_ADDRESS": "https://shop.example",
}


def test_in_production_pages_are_for_https_alone_and_a_watch_on_this_machine_is_answered(up):
    house = up(home="production", **PRODUCTION).until("Ctrl-C stops it.")
    assert "The house is up: https://shop.example" in house.said
    house.sound()
    plain = house.ask("/sign-in", Host="shop.example")
    assert (plain.status, plain.headers["Location"]) == (301, "https://shop.example/sign-in")
    behind_proxy = {"Host": "shop.example", "X-Forwarded-Proto": "https"}
    door = house.ask("/sign-in", **behind_proxy)
    assert door.status == 200
    assert door.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Secure" in door.headers["Set-Cookie"]
    assert house.ask("/sign-in", **behind_proxy | {"Host": "evil.example"}).status == 400


def test_django_finds_nothing_to_warn_of_in_production(house_server):
    checked = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=CLEAN
        | PRODUCTION
        | {
            "DJANGO_SETTINGS_MODULE": "regulars.settings",
            "DATABASE_URL": house_server.address(Role.OWNER),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_any_postgresql_can_be_used_through_its_socket(up, open_folder, house_server):
    with connect(house_server.conninfo(Role.KEEPER, "postgres"), autocommit=True) as keeper:
        keeper.execute(f"CREATE DATABASE their_own OWNER {Role.OWNER}")
    address = house_server.address(Role.OWNER).replace("/regulars?", "/their_own?")
    house = up(home="beside", DATABASE_URL=address).until("Ctrl-C stops it.")
    assert "The house is up." in house.join()[1]
    assert not house.layout.data.exists()
    assert house.stop()[-1].startswith("Stopped.")
    assert house_server.is_running
