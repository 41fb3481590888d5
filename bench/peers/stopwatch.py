"""What every peer's script does: read the customers, fit, predict, and print what it cost.

Needs nothing but NumPy, since it runs in the environments of all peers.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import numpy as np

HORIZON = 90.0
COLUMNS = ("x", "t_x", "T", "mean_spend", "weights")


class Stopwatch:
    """Processor seconds of the parts that count, and nothing else."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self):
        start = time.process_time()
        yield
        self.seconds += time.process_time() - start


def _peak_mb() -> float:
    """The most memory this process has held, by Linux's count of it alone."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(peer: Callable) -> None:
    """`script DATA MODEL RUNS`: print parameters, median seconds and peak memory as JSON.

    `peer(model, columns, fitting, predicting)` runs the two stopwatches around what is to be
    counted and gives the parameters and the sum of what it predicts.
    """
    file, model, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    loaded = np.load(file)
    columns = {name: loaded[name] for name in COLUMNS if name in loaded}
    # Once small and not counted: libraries load and prepare themselves at the first call.
    step = max(1, loaded["x"].size // 5000)
    peer(model, {n: column[::step] for n, column in columns.items()}, Stopwatch(), Stopwatch())
    costs = []
    for _ in range(runs):
        fitting, predicting = Stopwatch(), Stopwatch()
        params, total = peer(model, columns, fitting, predicting)
        costs.append((fitting.seconds, predicting.seconds))
    fit_seconds, predict_seconds = np.median(costs, axis=0)
    found = {
        "params": {name: float(value) for name, value in params.items()},
        "fit_seconds": float(fit_seconds),
        "predict_seconds": float(predict_seconds),
        "total": float(total),
        "peak_mb": _peak_mb(),
    }
    print(json.dumps(found))
