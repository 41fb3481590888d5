"""Made shops with known truth, as the rows of `tests.measure.histories`."""

import numpy as np

YEAR = 365.25


def steady(seed, *, customers=400, days=720, rate=1 / 40, spend=1000):
    """Customers who buy by chance at rates that differ, and may leave after each purchase."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        day, own, leaves = int(rng.integers(0, days)), rng.gamma(1.0, rate), rng.beta(0.5, 1.5)
        while day < days:
            rows.append((f"c{number}", day, int(spend * rng.uniform(0.5, 1.5)), True))
            if rng.random() < leaves:
                break
            day += 1 + int(rng.exponential(1 / own))
    return rows


def strangers(*, customers=300, days=400):
    """Everybody comes once."""
    return [(f"c{n}", n * days // customers, 500, True) for n in range(customers)]


def subscribers(seed, *, customers=400, days=720, every=30):
    """Everybody comes as regularly as a clock, until some day for the last time."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        first, times = int(rng.integers(0, days)), int(rng.geometric(0.15))
        came = range(first, min(days, first + every * times), every)
        rows += [(f"c{number}", day, 1000, True) for day in came]
    return rows


def yearly(seed, *, customers=600, days=1000, swing=0.6):
    """Nobody leaves; twice as many purchases in one half of the year as in the other, about."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        born, own = int(rng.integers(0, 500)), rng.gamma(2.0, 1 / 80)
        later = np.arange(born + 1, days)
        odds = own * (1 + swing * np.cos(2 * np.pi * later / YEAR))
        came = later[rng.random(later.size) < odds]
        rows += [(f"c{number}", int(day), 1000, True) for day in (born, *came)]
    return rows
