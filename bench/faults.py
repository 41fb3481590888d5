"""Kill parts of a house under load, at random, and count what was lost: `python -m bench.faults`.

Writers take down customers and have some erased again by jobs, and note outside the house what was
acknowledged; a reader counts the events. On this machine alone, and bounded.
"""

import argparse
import collections
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.faults_load import LagWatch, count, drain, is_sound, write_until_told
from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.kit.postgres.processes import of_cluster, our_postmaster

WRITERS = 3
SOUND_SECONDS = 120.0
TARGETS = ("database", "backend", "web", "web worker", "jobs", "house", "everything")


class House:
    """`regulars up` as a process, and its parts."""

    def __init__(self, home: Path, log: Path) -> None:
        self.home, self.log, self.layout = home, log, Layout(home, account())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self) -> None:
        with self.log.open("a") as said:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "regulars", "up"),
                    *("--home", self.home, "--port", str(self.port)),
                ],
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def wait_sound(self) -> float:
        """Seconds until the house says of itself that everything works."""
        began = time.monotonic()
        while time.monotonic() - began < SOUND_SECONDS:
            asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                asked.request("GET", "/health")
                if json.loads(asked.getresponse().read())["ok"]:
                    return time.monotonic() - began
            except (OSError, http.client.HTTPException, ValueError):
                pass
            finally:
                asked.close()
            time.sleep(0.05)
        raise SystemExit(f"not sound within {SOUND_SECONDS:g} s; it said:\n{self.log.read_text()}")

    def pids(self, target: str) -> list[int]:
        """The processes that a kill of this target ends."""
        rows = _processes()
        children = {pid: args for pid, parent, args in rows if parent == self.process.pid}
        web = [pid for pid, args in children.items() if "granian" in args]
        workers = [pid for pid, parent, _ in rows if parent in web]
        master = our_postmaster(self.layout.data)
        cluster = of_cluster(self.layout.data)
        return {
            "database": [master] if master else [],
            "backend": random.sample([pid for pid in cluster if pid != master], 1),
            "web": web,
            "web worker": workers[:1],
            "jobs": [pid for pid, args in children.items() if "regulars.jobs" in args],
            "house": [self.process.pid],
            "everything": [self.process.pid, *children, *workers, *cluster],
        }[target]

    def kill(self, target: str) -> None:
        for pid in self.pids(target):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if target in {"house", "everything"}:
            self.process.wait()
            self.start()


def _processes() -> list[tuple[int, int, str]]:
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 2) for line in listed.stdout.splitlines())
    return [(int(pid), int(parent), args) for pid, parent, args in rows]


def drill(kills: int, seed: int) -> dict[str, object]:
    """Kill, wait until sound, kill again; then count."""
    random.seed(seed)
    with tempfile.TemporaryDirectory(prefix="regulars-drill-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        house = House(folder / "home", folder / "house.log")
        house.wait_sound()
        server = Server(house.layout)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "regulars.settings",
            "REGULARS_SECRET_KEY": "k" * 60,
            "DATABASE_URL": server.address(Role.APP),
            "REGULARS_LOG": "ERROR",
        }
        notes = [folder / f"writer{n}" for n in range(WRITERS)]
        stop = folder / "stop"
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "bench.faults", "--write", note, "--until", stop],
                env=environment,
                stderr=subprocess.DEVNULL,
            )
            for note in notes
        ]
        lag = LagWatch(server)
        lag.start()
        try:
            again = kill_at_random(house, kills)
        finally:
            stop.touch()
            for writer in writers:
                writer.wait(60)
        lag.is_over.set()
        drained = drain(server)
        found: dict[str, object] = dict(count(server, notes))
        n_said = len(re.findall("put itself right", house.log.read_text()))
        house.process.send_signal(signal.SIGINT)
        house.process.wait(60)
    return found | {
        "kills": kills,
        "seconds_until_all_jobs_were_done": round(drained, 1),
        "seconds_of_lag": lag.told(),
        "recoveries_said": n_said,
        "seconds_until_sound": {
            target: {"n": len(each), "median": round(statistics.median(each), 1)}
            | {"longest": round(max(each), 1)}
            for target, each in sorted(again.items())
        },
    }


def kill_at_random(house: House, kills: int) -> dict[str, list[float]]:
    """Each target once, then by chance; gives the seconds until all worked again, by target."""
    again: dict[str, list[float]] = collections.defaultdict(list)
    for nth in range(kills):
        time.sleep(random.uniform(0.2, 1.5))
        target = TARGETS[nth] if nth < len(TARGETS) else random.choice(TARGETS)
        house.kill(target)
        time.sleep(0.05)
        again[target].append(house.wait_sound())
        print(f"{nth + 1} {target} {again[target][-1]:.1f} s", file=sys.stderr, flush=True)
    return again


def main() -> None:
    """Run the drill, or be one of its writers."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--until", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.write:
        write_until_told(asked.write, asked.until)
        return
    found = drill(asked.kills, asked.seed)
    print(json.dumps(found, indent=1))
    sys.exit(not is_sound(found))


if __name__ == "__main__":
    main()
