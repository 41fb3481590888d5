"""`regulars up --demo` as a user runs it: killed, started again, and beside a company's data."""

import json
import os
import re
import signal
import subprocess

import pytest

from tests.support.house import CLEAN, COMMAND, Up, free_port

CUSTOMERS = "80"
DEMO = ("--demo", "--customers", CUSTOMERS)


def command(*words):
    return subprocess.run(
        [*COMMAND, *map(str, words)], capture_output=True, text=True, check=False, env=CLEAN
    )


@pytest.fixture
def up():
    """Start a house; whatever happens, nothing is left."""
    started = []

    def start(home, *options):
        started.append(Up(home, free_port(), *options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.stop()
        each.process.stdout.close()


def killed(house):
    """The house and the example on its way into it, at once."""
    parts = [house.process.pid, house.child("regulars.cli.demo")]
    for pid in parts:
        os.kill(pid, signal.SIGSTOP)
    for pid in parts:
        os.kill(pid, signal.SIGKILL)
    house.rest()


@pytest.mark.timeout(400)
def test_a_demo_that_is_killed_goes_on_and_ends_with_all_of_its_orders(up, open_folder):
    home = open_folder / "demo-house"
    first = up(home, *DEMO).until("7 of 13")
    assert [line for line in first.said if "/welcome/" in line]  # the pages were open before
    killed(first)

    again = up(home, *DEMO).until("11 of 13")
    os.kill(again.child("regulars.cli.demo"), signal.SIGKILL)
    again.until("demo ended (-9)").until("The example company is in")
    n_orders = int(re.search(r"([\d,]+) orders", again.said[-1])[1].replace(",", ""))
    assert again.stop()[-1].startswith("Stopped.")

    third = up(home, *DEMO).until("The example company is here")
    as_of = re.search(r"up to ([\d-]+)", third.said[-1])[1]
    assert not [line for line in third.stop() if "moves in" in line]

    made = open_folder / "demo-files"
    command("sample", "--out", made, "--customers", CUSTOMERS, "--as-of", as_of)
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    assert n_orders == truth["written"]["orders"]


@pytest.mark.timeout(400)
def test_a_house_with_data_of_its_own_refuses_the_demo(up, open_folder):
    home, file = open_folder / "own-house", open_folder / "customers.csv"
    file.write_text("customer_id,name,email\n1,Ana,ana@example.org\n")
    house = up(home).until("Ctrl-C stops it.")
    brought = command("import", file, "--home", home, "--aside", open_folder / "aside")
    assert brought.returncode == 0
    house.stop()
    refused = command("up", "--demo", "--home", home, "--port", free_port())
    assert refused.returncode == 2
    assert "This house holds a company’s own data" in refused.stderr
    assert "The house is up" not in refused.stdout


def test_customers_of_a_demo_are_a_number(open_folder):
    refused = command("up", "--demo", "--customers", "0", "--home", open_folder / "none")
    assert refused.returncode == 2
    assert not (open_folder / "none").exists()
