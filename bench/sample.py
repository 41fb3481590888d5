"""`python -m bench.sample [--customers N]`: the whole example company beside writing its bare rows.

The command writes all files of a company as CSV. Beside it stands the least that writing can take:
the same tables, ready in memory, through pyarrow's CSV writer alone. Goal: at least 200,000 order
lines a second, everything else of the company included.
"""

import argparse
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bench.measured import cost_of, machine

GOAL = 200_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    asked = parser.parse_args()
    print(f"{date.today()}, {machine()}")
    with tempfile.TemporaryDirectory(prefix="regulars-sample-") as made:
        made_in = Path(made)
        cost = cost_of(command(made_in / "csv", asked.customers, "csv"))
        size = remove(made_in / "csv")
        cost_of(command(made_in / "parquet", asked.customers, "parquet"))
        truth = json.loads((made_in / "parquet" / "truth.json").read_text(encoding="utf-8"))
        bare = sum(written(path, made_in / "bare.csv") for path in files(made_in / "parquet"))
    lines = truth["written"]["lines"]
    others = sum(truth["systems"]["rows"].values())
    rate = lines / cost.wall
    print(f"{lines:,} order lines and {others:,} other rows, {size / 1e6:,.0f} MB of CSV")
    print(f"company  {cost.wall:6.1f} s wall, {cost.cpu:6.1f} s CPU, peak {cost.peak_mb:,.0f} MB")
    print(f"bare     {bare:6.1f} s wall: ratio {cost.wall / bare:.2f}")
    print(f"{rate:,.0f} order lines a second ({'at least' if rate >= GOAL else 'BELOW'} {GOAL:,})")
    return int(rate < GOAL)


def command(out: Path, customers: int, kind: str) -> list[str]:
    words = ["sample", "--quiet", "--out", str(out), "--customers", str(customers)]
    return [sys.executable, "-m", "regulars", *words, "--format", kind]


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def remove(folder: Path) -> int:
    """Make room again; gives how many bytes there were."""
    size = 0
    for path in folder.iterdir():
        size += path.stat().st_size
        path.unlink()
    return size


def written(path: Path, out: Path) -> float:
    """Seconds that it takes to write a table that is in memory."""
    table = pq.read_table(path)
    start = time.perf_counter()
    pa_csv.write_csv(table, out)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
