"""Running a command and seeing what it cost."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CACHE = Path(os.environ.get("REGULARS_BENCH", Path.home() / ".cache" / "regulars-bench"))


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and processor seconds, and the most memory held, in MB."""

    wall: float
    cpu: float
    peak_mb: float


def cost_of(command: Sequence[str | Path], *, most_seconds: float = 1800) -> Cost:
    """Run a command to its end; raises where it fails or takes longer than `most_seconds`."""
    start = time.perf_counter()
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode or wall > most_seconds:
        raise RuntimeError(f"{command[0]} ended with {process.returncode} after {wall:.0f} s")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def middle(costs: Sequence[Cost]) -> Cost:
    """Medians of several runs; of memory, the most."""
    return Cost(
        median(c.wall for c in costs), median(c.cpu for c in costs), max(c.peak_mb for c in costs)
    )


def machine() -> str:
    """What was measured on, for beside the figures."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    version = ".".join(map(str, sys.version_info[:3]))
    return f"{os.cpu_count()} cores, {model}, Python {version}"
