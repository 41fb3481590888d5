"""How well the forecast of the share of regulars holds: every past origin, strictly out of sample.

    python -m bench.forecast [FILE ...] [--every 15] [--steps 6] [--regular 3/180d/365d]
    python -m bench.forecast --planted 3

FILE is Parquet or CSV with a customer and a date column (found by name), one row per purchase.
Without FILE: CDNOW, Online Retail II and the grocery log decide; Complete Journey is shown beside
them (nothing was chosen with it). They are looked for in ../shared/data. `--planted` makes shops
instead: steady, growing, shrinking, seasonal, and such whose rates wander, three years each.

At every origin the product's forecast is set beside "last value", which stays where it is and
whose band comes from its own past errors by the same rule. Bar: the 90 % band covers at least
85 %, the mean absolute error is at most 2.6 points, and the mean interval score is below that of
last value.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from bench.real import REAL, SETS
from regulars.measure.forecast.looks import RULES, STEP_DAYS, Look, Question
from regulars.measure.forecast.pool import pool
from regulars.measure.forecast.purchases import Purchases
from regulars.measure.forecast.result import PastStep, Record, record_of
from regulars.measure.forecast.share import (
    LEAST_BACKTESTS,
    RECORD_LEVEL,
    looks_until,
    met,
    seen_by_day,
)
from regulars.measure.regulars import Definition

COVERAGE_WANTED, ERROR_WANTED = 0.85, 0.026

DECIDING = ("CDNOW", "Online Retail II", "grocery log")
BESIDE = "Complete Journey"


@dataclass(frozen=True)
class Judged:
    """One set's forecasts: the product's and last value's, the same origins and steps in both."""

    ours: list[PastStep]
    last: list[PastStep]
    n_origins: int
    seconds: float


def purchases_of(query: str) -> Purchases:
    """Purchase days of each customer of a query of customer and moment; day 0 is the first."""
    rows = (
        duckdb.connect()
        .sql(f"""
        select distinct dense_rank() over (order by customer) as customer,
               date_diff('day', date '1970-01-01', cast(moment as date)) as day
        from ({query}) where customer is not null and moment is not null order by all
    """)
        .fetchnumpy()
    )
    day = np.asarray(rows["day"], dtype=np.int64)
    return Purchases.checked(np.asarray(rows["customer"], dtype=np.int64), day - day.min())


def real_sets(*names: str) -> dict[str, str]:
    """Queries of purchases, returns left out."""
    return {name: f"from ({SETS[name][0]}) where is_purchase" for name in names}


def query_of(file: str) -> str:
    """A file's customer and date column, by their names."""
    if not Path(file).is_file():
        sys.exit(f"{file}: no such file")
    path = file.replace("'", "''")
    names = duckdb.sql(f"from '{path}' limit 0").columns
    found = [
        next((name for name in names if any(word in name.lower() for word in words)), None)
        for words in (("customer", "household", "user"), ("date", "time", "day"))
    ]
    if None in found:
        sys.exit(f"{file}: no column named like customer and like date among {', '.join(names)}")
    return 'select "{}" as customer, "{}" as moment from \'{}\''.format(*found, path)


@dataclass(frozen=True)
class Shop:
    """A made shop of three years.

    Purchase rates are Gamma(r, alpha), chances of lapsing after a purchase Beta(a, b). `growth` is
    that of arrivals, log a year; `n_first` customers come in the first quarter beside the rest.
    `wander` is the standard deviation of a month's step of the log rate, `season` the year's swing.
    """

    new_a_day: float = 2.0
    n_first: int = 300
    growth: float = 0.0
    season: float = 0.0
    wander: float = 0.0
    r: float = 0.8
    alpha: float = 50.0
    a: float = 0.5
    b: float = 1.5


PLANTED = {
    "steady": Shop(),
    "growing": Shop(growth=0.7, new_a_day=1.0),
    "shrinking": Shop(growth=-0.7, new_a_day=5.0),
    "seasonal": Shop(season=0.5),
    "wandering": Shop(wander=0.08),
    "wild": Shop(wander=0.2, season=0.3),
    "cohort": Shop(new_a_day=0.0, n_first=3000),
    "loyal": Shop(r=2.0, alpha=30.0, a=0.2, b=4.0, new_a_day=1.0),
    "small": Shop(new_a_day=0.3, n_first=50),
}


def planted(shop: Shop, seed: int) -> Purchases:
    """The purchase days of a made shop."""
    rng = np.random.default_rng(seed)
    days = np.arange(3 * 365)
    months = np.cumsum(rng.normal(0, shop.wander, size=len(days) // 30 + 1))
    in_season = np.exp(shop.season * np.sin(2 * np.pi * days / 365.25))
    elapsed = np.concatenate([[0.0], np.cumsum(in_season * np.exp(months[days // 30]))])
    arrivals = shop.new_a_day * np.exp(shop.growth * days / 365) * in_season
    first = np.repeat(days, rng.poisson(arrivals + shop.n_first / 90 * (days < 90)))
    rate = rng.gamma(shop.r, size=len(first)) / shop.alpha
    p_lapse = rng.beta(shop.a, shop.b, size=len(first))
    who, at = np.arange(len(first)), elapsed[first + 1]
    bought = [(who, first)]
    while len(who):
        stays = rng.random(len(who)) >= p_lapse[who]
        who, at = who[stays], at[stays]
        at = at + rng.exponential(size=len(who)) / rate[who]
        who, at = who[at < elapsed[-1]], at[at < elapsed[-1]]
        bought.append((who, np.searchsorted(elapsed, at, side="right") - 1))
    customer, day = (np.concatenate(column) for column in zip(*bought, strict=True))
    rows = np.unique(customer * len(days) + day)
    return Purchases.checked(rows // len(days), rows % len(days))


def judge(purchases: Purchases, question: Question, every: int) -> Judged:
    """Forecasts from every `every`-th day, each from what was known on it."""
    began, end = time.perf_counter(), int(purchases.day.max())
    ours: list[PastStep] = []
    last: list[PastStep] = []
    n_origins = 0
    for late in range(0, STEP_DAYS, every):
        looks = looks_until(purchases, as_of=end - late, question=question)
        seen = seen_by_day(purchases, looks, question)
        for i in range(LEAST_BACKTESTS, len(looks) - 1):
            ours += said(looks[i], looks[:i], seen, question)
            last += said(looks[i], looks[:i], seen, question, is_last_value=True)
            n_origins += 1
    return Judged(ours, last, n_origins, time.perf_counter() - began)


def said(
    look: Look,
    past: list[Look],
    seen: dict[int, float],
    question: Question,
    *,
    is_last_value: bool = False,
) -> list[PastStep]:
    """One origin's steps whose outcome is known by the end of the set."""
    pooled = pool(
        look,
        past,
        seen,
        window_days=question.definition.window_days,
        rules=("last_value",) if is_last_value else RULES,
        mends_drift=not is_last_value,
    )
    assert pooled is not None
    return met(pooled, look.on + question.days_ahead, seen, said_on=look.on)


def line(name: str, steps: list[PastStep]) -> Record:
    """Print one record; percent and points."""
    record = record_of(steps, level=RECORD_LEVEL)
    if record.coverage_share is None:
        print(f"{name:28} no origin with a band")
        return record
    figures = (record.mean_absolute_error, record.width, record.interval_score)
    points = "  ".join(f"{100 * figure:6.2f}" for figure in figures if figure is not None)
    print(f"{name:28} {len(steps):6}  {100 * record.coverage_share:6.1f}  {points}")
    return record


def main() -> int:
    """Run, print, and end with 1 where the bar is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--every", type=int, default=15, help="days between origins (15)")
    parser.add_argument("--steps", type=int, default=6, help="steps of 30 days ahead (6)")
    parser.add_argument("--regular", type=Definition.parse, default=Definition())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--planted", type=int, default=0, metavar="N", help="N shops of each kind")
    asked = parser.parse_args()
    if not asked.files and not asked.planted and not REAL.is_dir():
        sys.exit("real data sets are not beside this checkout; give FILE instead")
    question = Question(asked.regular, asked.steps, asked.seed)
    if asked.planted:
        sets = {
            f"{kind} {seed}": planted(shop, seed)
            for kind, shop in PLANTED.items()
            for seed in range(asked.planted)
        }
    else:
        queries = {name: query_of(name) for name in asked.files} or real_sets(*DECIDING)
        sets = {name: purchases_of(query) for name, query in queries.items()}

    print(f"regular = {asked.regular}; {asked.steps} steps; origins every {asked.every} days")
    print("error, width and interval score of the 90 % band are means in points of the share")
    print(f"{'':28} {'steps':>6}  {'cover%':>6}  {'error':>6}  {'width':>6}  {'score':>6}")
    judged = {name: show(name, bought, question, asked.every) for name, bought in sets.items()}
    ours = line("all, forecast", [step for one in judged.values() for step in one.ours])
    last = line("all, last value", [step for one in judged.values() for step in one.last])
    by_distance([step for one in judged.values() for step in one.ours])
    if not asked.files and not asked.planted:
        (query,) = real_sets(BESIDE).values()
        show(f"{BESIDE}, not in all", purchases_of(query), question, asked.every)
    if ours.coverage_share is None:
        print("cannot be told from this history: no origin has enough behind it")
        return 1
    bars = {
        f"covers at least {COVERAGE_WANTED:.0%}": ours.coverage_share >= COVERAGE_WANTED,
        f"error at most {100 * ERROR_WANTED:.1f} points": ours.mean_absolute_error <= ERROR_WANTED,
        "interval score below last value's": ours.interval_score < last.interval_score,
    }
    for bar, is_met in bars.items():
        print(f"{'met   ' if is_met else 'MISSED'} {bar}")
    return 0 if all(bars.values()) else 1


def show(name: str, purchases: Purchases, question: Question, every: int) -> Judged:
    """Judge one set and print it."""
    judged = judge(purchases, question, every)
    line(name[-28:], judged.ours)
    line("  last value", judged.last)
    print(
        f"  {purchases.n_customers} customers, {judged.n_origins} origins, {judged.seconds:.1f} s"
    )
    return judged


def by_distance(steps: list[PastStep]) -> None:
    """The forecast's record by days ahead."""
    for ahead in sorted({step.on - step.said_on for step in steps}):
        line(f"  {ahead} days ahead", [step for step in steps if step.on - step.said_on == ahead])


if __name__ == "__main__":
    sys.exit(main())
