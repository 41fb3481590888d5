"""The whole house, started as a user starts it, and its parts killed."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from regulars.kit.postgres import Layout
from regulars.kit.postgres.account import account
from regulars.kit.postgres.processes import of_cluster, our_postmaster

WAIT = 90.0
PASSWORD = "tea and coffee 42"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Up:
    """`regulars up` on a home, what it says, and a browser without a window."""

    def __init__(self, home, port):
        self.home, self.port, self.said = home, port, []
        self.layout = Layout(home, account())
        self.address = f"http://127.0.0.1:{port}"
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("REGULARS", "DATA"))
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "regulars", "up", "--home", str(home), "--port", str(port)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment | {"LANG": "C"},
            start_new_session=True,
        )
        jar = http.cookiejar.CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def until(self, sentence):
        for line in self.process.stdout:
            self.said.append(line.strip())
            if sentence in line:
                return self
        raise AssertionError(f"never said {sentence!r}: {self.said}")

    def rest(self):
        self.said += [line.strip() for line in self.process.stdout]
        self.process.wait(WAIT)
        return self.said

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.rest()

    def get(self, path):
        with self.browser.open(self.address + path, timeout=20) as answer:
            return answer.url, answer.read().decode()

    def send(self, path, **fields):
        _, page = self.get(path)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)[1]
        body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        asked = urllib.request.Request(self.address + path, body)
        with self.browser.open(asked, timeout=20) as answer:
            return answer.url, answer.read().decode()

    def sound(self):
        """Wait until the house says of itself that all works."""
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            try:
                if json.loads(self.get("/health")[1])["ok"]:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("never sound again")

    def children(self):
        listed = subprocess.run(
            ["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
        return {args: int(pid) for pid, parent, args in rows if int(parent) == self.process.pid}

    def child(self, word):
        return next(pid for args, pid in self.children().items() if word in args)

    def join(self):
        path = next(
            re.search(r"/welcome/\S+", line)[0] for line in self.said if "/welcome/" in line
        )
        return self.send(path, name="Dee", email="dee@example.org", password=PASSWORD)

    def sign_in(self):
        return self.send("/sign-in", username="DEE@example.org", password=PASSWORD)


@pytest.fixture(scope="module")
def open_folder():
    with tempfile.TemporaryDirectory(prefix="regulars-test-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture
def up(open_folder, port):
    """Start the house on the one home of this module; whatever happens, nothing is left."""
    started = []

    def start(on=port):
        started.append(Up(open_folder / "home", on))
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
