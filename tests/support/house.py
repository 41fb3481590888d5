"""A house as a user runs it: the command, what it says, and a browser without a window."""

import contextlib
import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from regulars.kit.postgres import Layout
from regulars.kit.postgres.account import account

WAIT = 90.0
PASSWORD = "tea and coffee 42"
CLEAN = {
    name: value for name, value in os.environ.items() if not name.startswith(("REGULARS", "DATA"))
} | {"LANG": "C"}
COMMAND = [sys.executable, "-m", "regulars"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Up:
    """`regulars up` on a home, what it says, and a browser without a window."""

    def __init__(self, home, port, *options, **environment):
        self.home, self.port, self.said = home, port, []
        self.layout = Layout(home, account())
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [*COMMAND, "up", "--home", str(home), "--port", str(port), *options],
            stdout=subprocess.PIPE,
            text=True,
            env=CLEAN | environment,
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

    def ask(self, path, **headers):
        """The bare answer, redirections not followed."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(asked):
            asked.request("GET", path, headers=headers)
            return asked.getresponse()

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
        return self.send("/sign-in", login="DEE@example.org", password=PASSWORD)
