"""Does the measured cost of a broken promise hold what was planted, if strangers are let down more?

python -m bench.kept_word --seeds 1000

Promises with a long lead, to new customers and to those long silent, are broken more often, and
such customers come back less often anyway. Every line is a rate over many seeds beside what is
promised of it, and its binomial interval.
"""

import argparse
import sys
from dataclasses import dataclass

import numpy as np

from bench.rates import Rate, alarms, covers, judge_together
from regulars.measure.promises import Followed, effect_of_breaking

DAYS, WITHIN = 720, 90


@dataclass(frozen=True)
class Shop:
    """So many customers; about `back` of them come back, `factor` times as many if let down."""

    name: str
    n: int
    back: float
    factor: float
    within: str = "month"


SHOPS = (
    Shop("4,000 customers, 30 % come back, 0.7 times as many", 4000, 0.30, 0.7),
    Shop("4,000 customers, 3 % come back, 0.6 times as many", 4000, 0.03, 0.6),
    Shop("600 customers, 30 % come back, 0.7 times as many", 600, 0.30, 0.7, "quarter"),
    Shop("4,000 customers, 30 % come back, no effect", 4000, 0.30, 1.0),
)


def followed(shop: Shop, rng: np.random.Generator) -> tuple[Followed, np.ndarray]:
    """The customers of a shop, and each one's chance of coming back after a kept promise."""
    n = shop.n
    made = rng.integers(WITHIN, DAYS, n)
    lead = rng.integers(2, 12, n)
    n_before = rng.poisson(rng.gamma(1.0, 2.0, n))
    silence = 1 + np.floor(rng.exponential(60, n)).astype(np.int64)
    value = rng.lognormal(8, 1, n).astype(np.int64)
    warmth = np.log1p(n_before) - np.where(n_before > 0, 0.4 * np.log1p(silence), 1.5)
    chance = 1 / (1 + np.exp(-(np.log(shop.back / (1 - shop.back)) + 0.5 * warmth + 0.5)))
    leaning = -2.2 + 0.15 * (lead - 6) - 0.4 * warmth
    is_broken = rng.random(n) < 1 / (1 + np.exp(-leaning))
    earlier = rng.random(n) < chance
    columns = {
        "promise": np.arange(n),
        "customer": np.arange(n),
        "kind": np.full(n, "delivery"),
        "channel": np.where(rng.random(n) < 0.7, "web", "shop"),
        "branch": np.full(n, None),
        "made_day": made,
        "due_day": made + lead,
        "is_broken": is_broken,
        "days_late": np.where(is_broken, rng.geometric(0.3, n), np.nan),
        "value_minor": value,
        "n_before": n_before,
        "last_before": np.where(n_before > 0, made - silence, np.nan),
        "n_earlier": n_before,
        "last_earlier": np.where(n_before > 0, made - WITHIN - silence, np.nan),
        "is_back": rng.random(n) < chance * np.where(is_broken, shop.factor, 1.0),
        "was_back": earlier,
    }
    return Followed(columns, WITHIN, DAYS + 200, 0, n, 0, 0, 0), chance


def held(shop: Shop, seeds: int) -> list[Rate]:
    """How often the intervals of one shop hold the truth of those who were matched."""
    level = 0.95
    difference = Rate(f"{shop.name}: difference", at_least=level)
    ratio = Rate("    ratio", at_least=level)
    before = Rate("    no effect before the promise", at_least=level)
    plain = Rate("    the plain difference holds it")
    told = Rate("    the effect is told", **({"at_most": 0.05} if shop.factor == 1 else {}))
    for seed in range(seeds):
        rng = np.random.default_rng((seed, SHOPS.index(shop)))
        those, chance = followed(shop, rng)
        found = effect_of_breaking(those, exact=("kind", shop.within, "channel", "orders_class"))
        truth = -(1 - shop.factor) * float(chance[found.sets.broken].mean())
        difference.count(hit=covers(found.effect.difference, truth))
        if found.effect.ratio.value is not None:
            ratio.count(hit=covers(found.effect.ratio, shop.factor))
        if found.before.value is not None:
            before.count(hit=covers(found.before, 0.0))
        plain.count(hit=covers(found.plain, truth))
        told.count(hit=alarms(found.effect.difference))
    return [difference, ratio, before, plain, told]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1000)
    seeds = parser.parse_args().seeds
    rates = [rate for shop in SHOPS for rate in held(shop, seeds)]
    judge_together(rates)
    for rate in rates:
        print(rate.line())
    return 0 if all(rate.is_kept for rate in rates) else 1


if __name__ == "__main__":
    sys.exit(main())
