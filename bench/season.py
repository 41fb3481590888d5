"""How often is a season counted on: in made shops that have none, and in such that have one?

    python -m bench.season [--seeds 40]

Shops of `bench.forecast`, told from the first two years and from all three, with the estimator and
the backtest that both the forecast of the share of regulars and the model card use. Bar: on in at
most 5 % of the shops whose ways never change, and in at least 90 % of those with a season of half
to either side. Shops whose rate of buying wanders are shown beside them: what wandered for months
looks like a season, and so does a season that is no more than a tenth to either side like none.
"""

import argparse
import sys

from bench.forecast import PLANTED, Shop, planted
from bench.rates import Rate
from regulars.measure.forecast.looks import fitted
from regulars.measure.forecast.purchases import Purchases
from regulars.measure.season import backtest, season, swing, trial_days

YEARS = (2, 3)
AT_MOST, AT_LEAST = 0.05, 0.90
STEADY = {name: PLANTED[name] for name in ("steady", "growing", "loyal", "small")}
WANDERING = {
    "wandering": PLANTED["wandering"],
    "wandering wildly": Shop(wander=0.2),
}
SEASONAL = {
    "season of .5": PLANTED["seasonal"],
    "season of .5, small": Shop(season=0.5, new_a_day=0.3, n_first=50),
}
BESIDE = {
    "season of .2": Shop(season=0.2),
    "season of .1": Shop(season=0.1),
    "season of .3, wandering wildly": PLANTED["wild"],
}


def is_on(purchases: Purchases, *, as_of: int) -> bool:
    """Whether the season is counted on, by what was known on a day."""
    rhythm, swings = purchases.until(as_of).rhythm, []
    for on in trial_days(first_on=int(purchases.day.min()), as_of=as_of):
        model = fitted(purchases, on=on)
        known = model and season(rhythm, model, on=on)
        if model and known:
            swings.append(swing(rhythm, model, known, on=on))
    return backtest(swings).is_on


def counted(
    title: str,
    shops: dict[str, Shop],
    seeds: int,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> bool:
    """Print a rate for each kind of shop and one for all of them; the promise is theirs."""
    is_kept = True
    for years in YEARS:
        limits = {"at_most": at_most, "at_least": at_least}
        together = Rate(f"{title}, {years} years", is_strict=True, **limits)
        for name, shop in shops.items():
            alone = Rate(f"    {name}")
            for seed in range(seeds):
                hit = is_on(planted(shop, seed), as_of=365 * years - 1)
                alone.count(hit=hit)
                together.count(hit=hit)
            print(alone.line(), flush=True)
        print(together.line(), flush=True)
        is_kept = is_kept and together.is_kept
    return is_kept


def main() -> int:
    """Run, print, and end with 1 where the bar is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=40, help="shops of each kind (40)")
    seeds = parser.parse_args().seeds
    print("share of shops in which the season is on, with its 99 % interval")
    kept = [
        counted("no season, steady", STEADY, seeds, at_most=AT_MOST),
        counted("a season", SEASONAL, seeds, at_least=AT_LEAST),
        counted("no season, wandering", WANDERING, seeds),
        counted("a season hard to see", BESIDE, seeds),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
