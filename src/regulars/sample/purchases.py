"""When customers buy: the planted process, run past the end of the history."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.sample.planted import Planted
from regulars.sample.season import Calendar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Purchases:
    """Every purchase of `n` customers, in order of customer and time, and who they really are."""

    n: int
    customer: Ints  # 0..n-1, one entry a purchase
    at: Floats  # calendar time, in days
    rate: Floats  # purchases per average day while alive, one entry a customer
    dropout: Floats  # chance of never coming again, after each purchase
    is_alive: NDArray[np.bool_]  # at the end of the history


def simulate(
    planted: Planted, calendar: Calendar, n: int, *, rng: np.random.Generator
) -> Purchases:
    """Let `n` customers arrive, buy and stop, up to the end of the horizon."""
    rate = rng.gamma(planted.r, 1 / planted.alpha, n)
    dropout = np.clip(rng.beta(planted.a, planted.b, n), 1e-12, 1.0)
    n_ever = rng.geometric(dropout)
    begin = calendar.shop_time(calendar.arrivals(rng, n))
    left = calendar.clock[-1] - begin
    # A Poisson process on an interval is a Poisson number of uniform moments; one more, at 0, is
    # the first purchase. The customer's number in front makes one sort order all of them.
    size = 1 + rng.poisson(rate * left)
    first = np.cumsum(size) - size
    customer = np.repeat(np.arange(n), size)
    moment = rng.random(customer.size)
    moment[first] = 0.0
    moment = np.sort(customer + moment) - customer
    is_made = np.arange(customer.size) - first[customer] < n_ever[customer]
    customer, moment = customer[is_made], moment[is_made]
    at = calendar.calendar_time(begin[customer] + moment * left[customer])
    n_shown = np.bincount(customer[at < calendar.days], minlength=n)
    return Purchases(n, customer, at, rate, dropout, n_shown < n_ever)
