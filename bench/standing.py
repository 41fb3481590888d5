"""`python -m bench.standing [--size N]`: the standing of every customer beside a bare group-by.

The standing: recency, frequency, money, stage, the MBG/NBD model, P(alive), P(buys within 90 days)
and expected purchases of every customer, from one Parquet file of order lines. The bare group-by is
that of `bench.report`. Each runs in a process of its own, start-up included, taking turns; below
them how the fit alone costs as customers grow, since it sees cells and not customers.
"""

import argparse
import resource
import sys
import time
from datetime import date
from pathlib import Path

from bench.measured import cost_of, machine, middle
from bench.report import BARE, orders

HORIZON = 90
LIMIT_RATIO, LIMIT_MB = 2, 8192


def main() -> None:
    asked = _arguments()
    if asked.file:
        _standing(asked.file)
        return
    print(f"{date.today()}, {machine()}")
    file = orders(asked.size, asked.customers)
    bare, ours = [], []
    for _ in range(asked.rounds):
        bare.append(cost_of([sys.executable, "-c", BARE, file]))
        ours.append(cost_of([sys.executable, "-m", "bench.standing", "--file", file]))
    least, most = middle(bare), middle(ours)
    print(f"{asked.size:,} order lines, {asked.customers:,} customers, median of {asked.rounds}:")
    for name, cost in (("bare two-stage group-by", least), ("standing of everyone", most)):
        print(f"  {name:25} {cost.wall:6.1f} s  {cost.cpu:6.1f} s CPU  {cost.peak_mb:6.0f} MB")
    ratio = most.wall / least.wall
    held = ratio <= LIMIT_RATIO and most.peak_mb <= LIMIT_MB
    print(f"  ratio {ratio:.2f} ({'within' if held else 'OVER'} {LIMIT_RATIO}x and {LIMIT_MB} MB)")


def _standing(file: Path) -> None:
    """The whole standing once; says on stderr what each part took."""
    import duckdb
    import narwhals as nw

    from regulars.measure import rfm
    from regulars.measure.activity import activity
    from regulars.measure.engine import DuckEngine
    from regulars.measure.models import fit
    from regulars.measure.regulars import Definition

    clock = time.perf_counter()

    def passed(what: str) -> None:
        nonlocal clock
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"    {what:12} {time.perf_counter() - clock:6.2f} s, {peak} MB", file=sys.stderr)
        clock = time.perf_counter()

    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    lines = connection.sql(
        "SELECT customer_id AS customer, (ordered_at::DATE - DATE '1970-01-01')::INTEGER AS day,"
        " (amount * 100)::BIGINT AS net_minor, amount > 0 AS is_purchase"
        f" FROM read_parquet('{file}')"
    )
    engine = DuckEngine(connection)
    days = rfm.customer_days(nw.from_native(lines))
    ((last,),) = connection.sql(f"SELECT max(ordered_at)::DATE FROM '{file}'").fetchall()
    as_of = (last - date(1970, 1, 1)).days
    customers = engine.keep(rfm.customers(days, as_of=as_of, definition=Definition()), "customers")
    passed("tables")
    cells = engine.arrays(rfm.cells(customers))
    passed("cells")
    known = {key: cells[key] for key in ("x", "t_x", "T")}
    model = fit("mbg_nbd", x=known["x"], t_x=known["t_x"], T=known["T"], weights=cells["weight"])
    passed(f"fit ({cells['x'].size:,} cells)")
    odds = model.p_buys(HORIZON, **known)
    then = model.p_buys(HORIZON, x=known["x"], t_x=known["t_x"], T=known["t_x"])
    told = known | {
        "p_alive": model.p_alive(**known),
        "odds": odds,
        "expected": model.expected(HORIZON, **known),
        "activity": activity(odds, then),
    }
    passed("predict")
    kinds = engine.table(told, "kinds")
    engine.keep(customers.join(kinds, on=["x", "t_x", "T"], how="left"), "standing")
    passed("standing")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000_000, help="order lines")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
