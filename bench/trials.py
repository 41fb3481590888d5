"""Do the trials keep their level? A/A trials without any effect, and trials with a planted one.

python -m bench.trials --seeds 1000

Every line is a rate over many seeds beside what is promised of it, and its 99 % binomial interval.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

import numpy as np

from bench.rates import Rate, alarms, covers
from regulars.measure.figure import Figure
from regulars.measure.trials import (
    adjusted,
    always_valid,
    assign,
    difference,
    match,
    power,
    sample_ratio,
)

DAYS, A_DAY = 60, 200
N = DAYS * A_DAY

OUTCOMES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "10 % buy again": lambda rng, n: (rng.random(n) < 0.10).astype(float),
    "3 % buy again": lambda rng, n: (rng.random(n) < 0.03).astype(float),
    "spend, 30 % buy, long tail": lambda rng, n: (rng.random(n) < 0.30) * rng.lognormal(4, 1, n),
    "spend, 3 % buy, long tail": lambda rng, n: (rng.random(n) < 0.03) * rng.lognormal(4, 1, n),
    "score, normal": lambda rng, n: rng.normal(7, 2, n),
}


def assigned(seeds: int) -> Iterator[Rate]:
    """Arms drawn by hash pass the check of their sizes as often as fair draws do."""
    shares = {"holdout": 0.1, "mail": 0.45, "call": 0.45}
    quiet = Rate("assigned by hash: the sample-ratio check at 0.05 is quiet", 0.95, 0.95)
    heard = Rate("one in twenty of an arm of 45,000 lost: heard at 0.001", at_least=0.98)
    for seed in range(seeds):
        arm = assign(range(5000), arms=shares, salt=f"trial {seed}")
        counted = {name: int((arm == name).sum()) for name in shares}
        quiet.count(hit=bool(sample_ratio(counted, arms=shares, alarm_below=0.05).is_sound))
        rng = np.random.default_rng((10, seed))
        drawn = rng.multinomial(100_000, list(shares.values())).tolist()
        lossy = dict(zip(shares, drawn, strict=True))
        lossy["mail"] -= lossy["mail"] // 20
        heard.count(hit=not sample_ratio(lossy, arms=shares).is_sound)
    yield from (quiet, heard)


def one_look(seeds: int) -> Iterator[Rate]:
    """A planted effect on spend that past spend foretells: plain and adjusted, looked at once."""
    plain = Rate("one look covers the effect: difference", at_least=0.95)
    rates = {
        method: Rate(f"one look covers the effect: adjusted, {method}", at_least=0.95)
        for method in ("regression", "cuped")
    }
    for seed in range(seeds):
        rng = np.random.default_rng((13, seed))
        before, treated = rng.gamma(2, 50, 2000), rng.random(2000) < 0.3
        y = before * rng.gamma(4, 0.25, 2000) + treated * rng.gamma(1, 5.0, 2000)
        for method, rate in rates.items():
            result = adjusted(y, treated, {"before": before}, method=method)
            rate.count(hit=covers(result.effect, 5.0))
        plain.count(hit=covers(result.plain.effect, 5.0))
    yield from (plain, *rates.values())


def planned(seeds: int) -> Iterator[Rate]:
    """A trial of the size that was asked for finds the effect as often as was asked for."""
    found = Rate("a trial of the planned size finds the effect", 0.80, 0.80)
    half = power(baseline=0.10, effect=0.02).n_needed // 2
    for seed in range(seeds):
        rng = np.random.default_rng((14, seed))
        result = difference(rng.random(half) < 0.12, rng.random(half) < 0.10)
        found.count(hit=alarms(result.effect))
    yield found


def peeked_without_effect(seeds: int) -> Iterator[Rate]:
    """A/A trials, looked at on each of 60 days and stopped at the first alarm."""
    day = np.repeat(np.arange(DAYS), A_DAY)
    for name, draw in OUTCOMES.items():
        ours = Rate(f"A/A, 60 daily looks, always_valid: {name}", at_most=0.05, is_strict=True)
        naive = Rate("    the same, difference looked at daily")
        for seed in range(seeds):
            rng = np.random.default_rng((11, seed))
            y, treated = draw(rng, N), rng.random(N) < 0.5
            looks = always_valid(y, treated, day, planned_n=N)
            ours.count(hit=looks.first_clear is not None)
            shown = range(A_DAY, N + 1, A_DAY)
            naive.count(hit=any(alarms(_difference(y[:n], treated[:n])) for n in shown))
        yield from (ours, naive)


def peeked_with_effect(seeds: int) -> Iterator[Rate]:
    """A planted effect, stopped at the first clear look."""
    covered = Rate("stopped when clear: the interval covers the effect", at_least=0.95)
    found = Rate("    and it was found by the planned number of customers", at_least=0.80)
    n = power(baseline=0.10, effect=0.02, is_peeked=True).n_needed
    for seed in range(seeds):
        rng = np.random.default_rng((12, seed))
        treated = rng.random(n) < 0.5
        y = rng.random(n) < np.where(treated, 0.12, 0.10)
        looks = always_valid(y, treated, np.arange(n) // A_DAY, planned_n=n)
        stop = looks.first_clear
        covered.count(hit=covers(stop.effect if stop else looks.now, 0.02))
        found.count(hit=stop is not None)
    yield from (covered, found)


def matched(seeds: int) -> Iterator[Rate]:
    """Treatment goes to better customers; matching on what made them better finds its effect."""
    covered = Rate("no holdout: match covers the effect", at_least=0.95)
    plain = Rate("    the plain difference of the same customers covers it")
    for seed in range(seeds):
        rng = np.random.default_rng((16, seed))
        spend, silence, visits = (
            rng.normal(5, 1, 4000),
            rng.gamma(2, 1, 4000),
            rng.poisson(3, 4000),
        )
        leaning = -1.6 + 0.8 * (spend - 5) - 0.3 * (silence - 2) + 0.2 * (visits - 3)
        treated = rng.random(4000) < 1 / (1 + np.exp(-leaning))
        y = spend**2 - 2 * silence + visits + 3 * treated + rng.normal(0, 4, 4000)
        columns = {"log_spend": spend, "recency": silence, "frequency": visits}
        covered.count(hit=covers(match(y, treated, columns).effect, 3.0))
        plain.count(hit=covers(_difference(y, treated), 3.0))
    yield from (covered, plain)


def _difference(y: np.ndarray, treated: np.ndarray) -> Figure:
    return difference(y[treated], y[~treated]).effect


CHECKS = (assigned, one_look, planned, peeked_without_effect, peeked_with_effect, matched)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1000)
    seeds = parser.parse_args().seeds
    is_kept = True
    for check in CHECKS:
        for rate in check(seeds):
            print(rate.line(), flush=True)
            is_kept = is_kept and rate.is_kept
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
