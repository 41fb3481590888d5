"""The model card of real histories: which candidate serves, and what a season is worth.

    python -m bench.card [--horizon 90]

For each set: every candidate over the past origins, all together and one-time and repeat buyers
apart; then the reference with and without the season known at each origin; then net spend.
"""

import argparse
import sys
import time
from datetime import date, timedelta

import numpy as np

from bench.real import REAL, SETS, Shop, shop
from regulars.measure.backtest import Origin
from regulars.measure.card import Card, Entry, Evidence, Score, choose, evidence
from regulars.measure.card.candidates import said, walked
from regulars.measure.card.record import cases_of
from regulars.measure.card.scores import score
from regulars.measure.expected import Predictor
from regulars.measure.season import season, seasoned

HEAD = f"{'':24}{'n':>7}{'sum':>7}{'RMSE':>7}{'Brier':>8}{'logloss':>9}{'calib.':>8}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--horizon", type=int, help="days; else 90, and 30 for Complete Journey")
    asked = parser.parse_args()
    if not REAL.is_dir():
        print(f"no data in {REAL}", file=sys.stderr)
        return 2
    for name, (query, horizon) in SETS.items():
        show(name, shop(query), asked.horizon or horizon)
    return 0


def show(name: str, of: Shop, horizon: int) -> None:
    start = time.process_time()
    past = evidence(
        of.days,
        of.visits,
        first_on=of.first_on,
        as_of=of.as_of,
        horizon=horizon,
        engine=of.engine,
        with_money=True,
    )
    chosen = choose(past, of.cells, of.reference)
    card, cost = chosen.card, time.process_time() - start
    origins = ", ".join(str(day(on)) for on in card.origins) or "no origin"
    print(f"\n{name}: {horizon} days from {origins}")
    if card.why_not:
        print(f"  {card.why_not} (needs {card.needs} days)")
    print(f"  winner {card.winner}, serving {card.serving}; {cost:.1f} s of processor")
    print(f"  {HEAD}")
    for entry in card.entries:
        row(entry)
    tried = card.season
    if tried.came_share is not None:
        came = f"{tried.came_share:.2f} +- {tried.came_error:.2f}"
        print(f"  season {'on' if tried.is_on else 'off'}: of its swings {came} came")
    if card.entries:
        with_and_without(past)
        net(card)


def row(entry: Entry) -> None:
    name = entry.name + (f" (k={entry.k})" if entry.k else "")
    if entry.everybody is None:
        print(f"  {name:24}{entry.why_not}")
        return
    by = f"{entry.behind:.4f} +- {entry.behind_error:.4f}{' tied' if entry.is_tied else ''}"
    line(name, entry.everybody, by)
    for who, each in (("  one-time", entry.one_time), ("  repeat", entry.repeat)):
        if each:
            line(who, each)


def line(name: str, found: Score, beside: str = "") -> None:
    ratio = found.total_ratio or 0.0
    print(
        f"  {name:24}{found.n:7}{ratio:7.3f}{found.rmse:7.3f}{found.brier:8.4f}"
        f"{found.log_loss:9.4f}{found.calibration_error:8.4f}  {beside}".rstrip()
    )


def with_and_without(past: Evidence) -> None:
    """The reference at each origin where a season could have been known."""
    fits = walked("mbg_nbd", past.judged, past.rhythm, may_begin_later=True).fits
    for origin, model in zip(past.judged, fits, strict=False):
        known = season(past.rhythm, model, on=origin.on)
        if known is None:
            continue
        usual = known.exposure(origin.on, origin.horizon)
        print(f"  season as known on {day(origin.on)}: {origin.horizon} days are {usual:.0f} usual")
        line("mbg_nbd without", scored(model, origin))
        line("mbg_nbd with", scored(seasoned(model, known, on=origin.on), origin))


def scored(model: Predictor, origin: Origin) -> Score:
    cases = cases_of((origin,))
    found = score(said([model], [origin]), cases, np.ones(cases.x.shape, dtype=bool))
    assert found is not None
    return found


def net(card: Card) -> None:
    for each in card.past_net:
        if each.actual_minor:
            ratio = each.expected_minor / each.actual_minor
            print(
                f"  net spend after {day(each.on)}: expected {each.expected_minor / 100:,.0f}, "
                f"came {each.actual_minor / 100:,.0f} ({ratio:.2f})"
            )


def day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


if __name__ == "__main__":
    sys.exit(main())
