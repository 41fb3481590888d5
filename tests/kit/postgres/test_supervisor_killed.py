"""The supervisor itself is killed, and under root: it runs as an ordinary user."""

import os
import pwd
import signal
import subprocess
import sys
import time

import pytest

from regulars.kit.postgres import Layout
from regulars.kit.postgres.account import account
from regulars.kit.postgres.processes import our_postmaster
from tests.kit.postgres.conftest import ask

SUPERVISE = """
import os, pathlib, sys, time, importlib.metadata, tempfile, psycopg
from regulars.kit.postgres import Layout, Server
from regulars.kit.postgres.account import account
uid = int(sys.argv[2])
if uid != os.geteuid():
    os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(uid)
server = Server(Layout(pathlib.Path(sys.argv[1]), account()))
print(server.start().is_new, server.pid, flush=True)
time.sleep(60)
"""


def supervise(home, uid=None, gid=0):
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(home), str(uid or os.geteuid()), str(gid)],
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(pid, seconds=20.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_no_server_is_left_behind_by_a_killed_supervisor(home, server):
    with supervise(home) as supervisor:
        pid = int(supervisor.stdout.readline().split()[1])
        supervisor.send_signal(signal.SIGKILL)
    assert ended(pid)
    assert not server.start().is_new
    assert ask(server, "SELECT 1") == [(1,)]


def test_all_killed_at_once_is_recovered_by_the_next_start(home, server):
    with supervise(home) as supervisor:
        pid = int(supervisor.stdout.readline().split()[1])
        supervisor.send_signal(signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)
        supervisor.send_signal(signal.SIGKILL)
    assert our_postmaster(server.layout.data) is None
    assert server.start().has_recovered


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_an_ordinary_user_starts_it_too(folder):
    home = folder / "theirs"
    home.mkdir()
    user = pwd.getpwnam(account().name)
    os.chown(home, user.pw_uid, user.pw_gid)
    with supervise(home, user.pw_uid, user.pw_gid) as supervisor:
        is_new, pid = supervisor.stdout.readline().split()
        supervisor.send_signal(signal.SIGKILL)
    assert is_new == "True"
    assert ended(int(pid))
    assert Layout(home, account()).data.stat().st_uid == user.pw_uid
