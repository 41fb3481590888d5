"""`python -m bench.report [--size N] [--customers N]`: the whole report beside a bare group-by.

Both read the same Parquet file, each in a process of its own, start-up included, taking turns. The
bare one is the least any report must do: order lines to customer-days to customers, in DuckDB.
"""

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path

from bench.measured import CACHE, Cost, cost_of, machine, middle
from regulars.sample import bench_orders, write_company

BARE = """
import duckdb, sys
duckdb.connect().execute('''
    CREATE TABLE customers AS
    SELECT customer_id, count(*) AS days, min(day) AS first, max(day) AS last, sum(net) AS net
    FROM (SELECT customer_id, ordered_at::DATE AS day, sum(amount) AS net
          FROM read_parquet(?) GROUP BY ALL)
    GROUP BY ALL''', [sys.argv[1]])
"""
LIMIT_RATIO, LIMIT_SECONDS, LIMIT_MB = 6, 5, 4096
SMALL_LINES, SMALL_SECONDS = 100, 4


def main() -> None:
    asked = _arguments()
    print(f"{date.today()}, {machine()}")
    file = orders(asked.size, asked.customers)
    with tempfile.TemporaryDirectory() as out:
        _small(Path(out))
        bare, whole = _side_by_side(file, Path(out), asked.rounds)
    bound = LIMIT_RATIO * bare.wall + LIMIT_SECONDS
    print(f"{asked.size:,} order lines, {asked.customers:,} customers, median of {asked.rounds}:")
    for name, cost in (("bare two-stage group-by", bare), ("regulars report", whole)):
        print(f"  {name:25} {cost.wall:6.1f} s  {cost.cpu:6.1f} s CPU  {cost.peak_mb:6.0f} MB")
    print(
        f"  ratio {whole.wall / bare.wall:.1f}; "
        f"{LIMIT_RATIO}x bare + {LIMIT_SECONDS} s = {bound:.1f} s"
    )
    held = whole.wall <= bound and whole.peak_mb <= LIMIT_MB
    print("  within the bound" if held else "  OVER the bound")


def orders(size: int, customers: int) -> Path:
    """The file to measure with; made once and kept."""
    CACHE.mkdir(parents=True, exist_ok=True)
    file = CACHE / f"orders-{size}-{customers}.parquet"
    if not file.exists():
        print(f"making {file.name} (seed 1) ...", file=sys.stderr)
        made = file.with_name("new-" + file.name)
        bench_orders(made, lines=size, customers=customers, seed=1)
        made.replace(file)
    return file


def _side_by_side(file: Path, out: Path, rounds: int) -> tuple[Cost, Cost]:
    regulars = [Path(sys.executable).with_name("regulars"), "report", file, "--out", out, "--quiet"]
    bare, whole = [], []
    for _ in range(rounds):
        bare.append(cost_of([sys.executable, "-c", BARE, file]))
        whole.append(cost_of(regulars))
    return middle(bare), middle(whole)


def _small(out: Path) -> None:
    """A hundred lines: what start-up alone costs."""
    made = write_company(out / "small", customers=40, seed=1)
    lines = made.orders_path.read_text(encoding="utf-8-sig").splitlines()[: SMALL_LINES + 1]
    file = out / "hundred.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [Path(sys.executable).with_name("regulars"), "report", file, "--out", out / "r"]
    cost = middle([cost_of([*command, "--quiet"]) for _ in range(5)])
    verdict = "within" if cost.wall < SMALL_SECONDS else "OVER"
    print(
        f"100 order lines: {cost.wall:.1f} s ({verdict} {SMALL_SECONDS} s), {cost.peak_mb:.0f} MB"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000_000, help="order lines")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
