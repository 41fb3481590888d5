"""Planting what a broken promise costs, though the orders stand already.

The orders come first and stay as they are. For each promise we know, from the customer's own rate
and dropout, how likely a purchase within the horizon was, and whether it came. Which promises were
broken is then drawn from what Bayes' theorem gives if

- a promise is broken with a chance that its kind and month decide, whoever the customer is, and
- the chance of a purchase within the horizon is `factor` times as high after a broken promise.

So promises, purchases and customers are spread exactly as if promises had been broken by chance and
customers had then stayed away: the share that comes back after broken promises is `factor` times
that after kept ones, for every kind of customer alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.sample.purchases import Purchases
from regulars.sample.season import Calendar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WITHIN_DAYS = 60


@dataclass(frozen=True, slots=True)
class Cost:
    """How often promises of a kind are broken, and what that costs."""

    broken_share: float
    in_season: float  # times as often in November and December
    factor: float  # on the chance of a purchase within WITHIN_DAYS days after the day it is due

    @property
    def most_likely(self) -> float:
        """The highest chance of coming back that leaves room for the effect."""
        return 1 - self.broken_share * self.in_season * (1 - self.factor)


@dataclass(frozen=True, slots=True)
class Comings:
    """Whether customers come back after given days, and how likely it was."""

    calendar: Calendar
    purchases: Purchases

    def after(self, customer: Ints, day: Ints) -> tuple[Floats, Flags]:
        """Chance and fact of a purchase in the WITHIN_DAYS days after each day.

        The chance knows the purchases up to that day, the customer's rate and dropout, and not
        whether they have left.
        """
        made = self.purchases
        wide = self.calendar.clock.size
        by_time = made.customer * wide + made.at
        last = np.searchsorted(by_time, customer * wide + day + 1.0) - 1
        following = np.minimum(last + 1, made.at.size - 1)
        comes = (made.customer[following] == customer) & (made.at[following] >= day + 1)
        comes &= made.at[following] < day + 1 + WITHIN_DAYS
        rate, dropout = made.rate[customer], made.dropout[customer]
        after = (day + 1).astype(np.float64)
        begin = self.calendar.shop_time(after)
        silent = begin - self.calendar.shop_time(made.at[last])
        ahead = self.calendar.shop_time(after + WITHIN_DAYS) - begin
        here = (1 - dropout) * np.exp(-rate * silent)
        return here / (dropout + here) * -np.expm1(-rate * ahead), comes


def draw_broken(
    cost: Cost, share: Floats, chance: Floats, comes: Flags, rng: np.random.Generator
) -> Flags:
    """Which promises were broken, given what followed; `share` is how often they are broken."""
    kept_chance = chance / (1 - share * (1 - cost.factor))
    if_comes = share * cost.factor / (1 - share * (1 - cost.factor))
    if_not = share * (1 - cost.factor * kept_chance) / (1 - chance)
    return rng.random(share.size) < np.where(comes, if_comes, if_not)
