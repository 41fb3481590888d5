"""`python -m bench.models [--customers N]`: the models beside lifetimes and PyMC-Marketing.

Every fit, with its prediction of 90 days, runs in a process of its own, on one thread, on the same
customers: the CDNOW cohort, and N simulated ones by days over two years. Counted is processor time
without import and compilation, the median of three; "x rows" and "x cells" are ratios to ours on
one row per customer and on ready cells, as the database groups them (Gamma-Gamma has none). "below"
is how far the log-likelihood at a program's parameters, worked out by one function for all, lies
below the highest; PyMC-Marketing's are those of MAP under its default priors. Pareto/NBD runs on
fewer simulated customers (--pareto-customers), because lifetimes takes about nine minutes for a
million; ours runs on all of them as well.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bench.measured import machine
from bench.peers.customers import Columns, Judge, cdnow, cells_of, for_model, simulated
from bench.peers.environments import PACKAGES, python_of
from bench.real import REAL

MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd", "gamma_gamma")
SCRIPTS = Path(__file__).parent / "peers"
RUNS = 3  # of which the median is taken
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Found:
    """What one program ended at, and what it cost."""

    params: dict[str, float]
    fit_seconds: float
    predict_seconds: float
    total: float
    peak_mb: float


def main() -> None:
    asked = _arguments()
    print(f"{date.today()}, {machine()}, seed {asked.seed}")
    if REAL.is_dir():
        _compare("CDNOW", cdnow(), MODELS, asked)
    else:
        print("CDNOW is left out: the real data sets are not beside this checkout")
    customers = simulated(asked.customers, seed=asked.seed)
    _compare("simulated", customers, [m for m in MODELS if m != "pareto_nbd"], asked)
    _compare("simulated, ours alone", customers, ["pareto_nbd"], asked, peers=())
    few = {name: column[: asked.pareto_customers] for name, column in customers.items()}
    _compare("simulated", few, ["pareto_nbd"], asked)


def _compare(
    title: str,
    customers: Columns,
    models: Sequence[str],
    asked: argparse.Namespace,
    peers: Sequence[str] = tuple(PACKAGES),
) -> None:
    print(f"\n{title}, {len(customers['x']):,} customers")
    print(
        f"{'':12} {'':16} {'fit s CPU':>10} {'x rows':>7} {'x cells':>7}"
        f" {'predict s':>10} {'x rows':>7}"
        f" {'below':>11} {'foretold':>12} {'peak MB':>8}"
    )
    for model in models:
        columns = for_model(model, customers)
        with tempfile.TemporaryDirectory() as folder:
            found = _run_all(model, columns, Path(folder), peers, asked.most_seconds)
        _print_rows(model, columns, found)


def _run_all(
    model: str,
    columns: Columns,
    folder: Path,
    peers: Sequence[str],
    most_seconds: float,
) -> dict[str, Found | None]:
    rows, cells = folder / "rows.npz", folder / "cells.npz"
    np.savez(rows, **columns)
    found = {"regulars": _run("regulars", model, rows, most_seconds)}
    if model != "gamma_gamma":
        np.savez(cells, **cells_of(columns))
        found["regulars, cells"] = _run("regulars", model, cells, most_seconds)
    return found | {peer: _run(peer, model, rows, most_seconds) for peer in peers}


def _run(peer: str, model: str, file: Path, most_seconds: float) -> Found | None:
    """One program on one model; None where it takes too long or ends with an error."""
    python = Path(sys.executable) if peer == "regulars" else python_of(peer)
    command = [python, "-W", "ignore", SCRIPTS / f"{peer}_models.py", file, model, str(RUNS)]
    print(f"  {peer} {model} ...", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=True,
            text=True,
            timeout=most_seconds,
            env=os.environ | ONE_THREAD,
        )
    except subprocess.TimeoutExpired:
        return None
    except subprocess.CalledProcessError as failed:
        print(failed.stderr[-2000:], file=sys.stderr)
        return None
    return Found(**json.loads(done.stdout.splitlines()[-1]))


def _print_rows(model: str, columns: Columns, found: dict[str, Found | None]) -> None:
    judge = Judge(model, columns)
    reached = {name: judge(one.params) for name, one in found.items() if one}
    ours = found["regulars"]
    cells = found.get("regulars, cells") or ours
    assert ours
    assert cells
    for name, one in found.items():
        if one is None:
            print(f"{model:12} {name:16} did not end in time, or failed")
            continue
        fit_ratio = one.fit_seconds / ours.fit_seconds
        cells_ratio = one.fit_seconds / cells.fit_seconds
        predict_ratio = one.predict_seconds / ours.predict_seconds
        print(
            f"{model:12} {name:16} {one.fit_seconds:10.3f} {fit_ratio:7.1f} {cells_ratio:7.1f}"
            f" {one.predict_seconds:10.4f} {predict_ratio:7.1f}"
            f" {max(reached.values()) - reached[name]:11.2e} {one.total:12,.1f} {one.peak_mb:8.0f}"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000, help="how many to simulate")
    parser.add_argument("--pareto-customers", type=int, default=100_000, help="for Pareto/NBD")
    parser.add_argument("--most-seconds", type=float, default=1200, help="for one program's fit")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
