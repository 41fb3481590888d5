"""Which processes of this machine are our PostgreSQL. A pid in a file proves nothing by itself."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class PidFile:
    """What PostgreSQL wrote into postmaster.pid."""

    pid: int
    status: str  # starting, ready, stopping; empty before the first

    @property
    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return self.status == "ready"


def pid_file(data: Path) -> PidFile | None:
    """The note in the data folder, None where there is none or it was cut off."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return PidFile(pid=int(lines[0]), status=lines[7].strip() if len(lines) > 7 else "")
    except (OSError, ValueError, IndexError):
        return None


def our_postmaster(data: Path) -> int | None:
    """The pid of the server that runs on this data folder, None if none does."""
    noted = pid_file(data)
    return noted.pid if noted and noted.pid in of_cluster(data) else None


def of_cluster(data: Path) -> list[int]:
    """All PostgreSQL processes that work in this data folder: the server and its children."""
    if Path("/proc/self/cwd").exists():
        here = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
        return sorted(pid for pid in here if _works_in(pid, data))
    return _by_command(data)


def _works_in(pid: int, data: Path) -> bool:
    """A server and its children stand in the data folder from start to end."""
    process = Path("/proc") / str(pid)
    try:
        alive = (process / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        named = (process / "comm").read_text().strip() == "postgres"
        return alive and named and (process / "cwd").readlink() == data.resolve()
    except OSError:  # it ended while we looked, or belongs to somebody else
        return False


def _by_command(data: Path) -> list[int]:
    """Where there is no /proc: the server by the data folder in its command line."""
    command = ["ps", "-axww", "-o", "pid=,command="]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = (line.split(None, 1) for line in listed.stdout.splitlines())
    return [int(pid) for pid, said in lines if "postgres" in said and f"-D {data}" in said]


def clear_orphans(data: Path) -> int:
    """End what a killed server left behind; gives how many had to be killed.

    Its children end by themselves when they notice. One in the midst of a long calculation notices
    late, and a new server may not start beside it. The write-ahead log makes a kill safe.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while (left := of_cluster(data)) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in left:
        send(pid, signal.SIGKILL)
    wait_gone(data, PATIENCE_SECONDS)
    return len(left)


def wait_gone(data: Path, seconds: float) -> bool:
    """Whether no process of the cluster is left, waiting so long at most."""
    until = time.monotonic() + seconds
    while of_cluster(data):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def send(pid: int, which: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return
