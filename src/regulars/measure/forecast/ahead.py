"""Customers simulated forward from what is known of each, and the regulars among them then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regulars.measure.forecast.purchases import Floats, Ints, Purchases, State
from regulars.measure.models import PurchaseModel
from regulars.measure.regulars import Definition

Params = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is taken for granted about the days ahead, one number a day.

    `arrivals`: new customers expected; `pace`: factor on everybody's purchase rate;
    `fewer_lapse`: share of the lapses that do not happen.
    """

    arrivals: Floats
    pace: Floats
    fewer_lapse: float = 0.0


@dataclass(frozen=True, slots=True)
class Counts:
    """Regulars and base in each draw (row) at each step (column)."""

    n_regulars: Floats
    n_base: Floats


@dataclass(frozen=True, slots=True)
class _Events:
    """Purchases ahead: whose, and on which day ahead (0 is the first); rows may repeat."""

    customer: Ints
    day: Ints
    n_customers: int


def simulate(
    purchases: Purchases,
    model: PurchaseModel,
    assumed: Assumptions,
    *,
    on: int,
    targets: Ints,
    definition: Definition,
    n_draws: int,
    seed: int,
) -> Counts:
    """Regulars and base on days ahead, in draws of the parameters and of every customer's future.

    Takes   purchases up to day `on`; a model fitted to them; assumptions for as many days as the
            last of the targets lies ahead; targets: days after `on`, ascending.
    Gives   Counts with n_draws rows.
    Error   the draws themselves: parameters from their normal in logarithms, each customer's rate
            and lapsing from the posterior, purchases and arrivals at random.
    Beware  the model is taken to be true and rates not to change: alone far too sure of itself.
    Source  Fader, Hardie & Lee 2005 and Batislam et al. 2007 for the posterior; the process is
            simulated as they state it.
    """
    rng = np.random.default_rng(seed)
    state = purchases.state(on)
    windows = _Windows.of(targets, definition)
    seen = windows.counts(purchases.customer, purchases.day, purchases.n_customers)
    n_regulars, n_base = np.empty((2, n_draws, len(targets)))
    for draw, params in enumerate(_parameters(model, n_draws, rng)):
        p_alive = replace(model, params=params).p_alive(x=state.x, t_x=state.t_x, T=state.T)
        events = _events(params, p_alive, state, assumed, rng)
        totals = windows.counts(events.customer, on + 1 + events.day, events.n_customers)
        totals[: len(seen)] += seen
        n_regulars[draw] = (windows.within(totals, "window") >= definition.days).sum(axis=0)
        n_base[draw] = (windows.within(totals, "base") > 0).sum(axis=0)
    return Counts(n_regulars, n_base)


@dataclass(frozen=True, slots=True)
class _Windows:
    """Purchase days counted up to each day that begins or ends a window."""

    edges: Ints
    ends: Ints  # positions in edges
    starts: dict[str, Ints]

    @classmethod
    def of(cls, targets: Ints, definition: Definition) -> "_Windows":
        before = {
            "window": targets - definition.window_days,
            "base": targets - definition.base_days,
        }
        edges = np.unique(np.concatenate([targets, *before.values()]))
        starts = {name: np.searchsorted(edges, days) for name, days in before.items()}
        return cls(edges, np.searchsorted(edges, targets), starts)

    def counts(self, customer: Ints, day: Ints, n_customers: int) -> NDArray[np.int32]:
        """Purchase days of each customer (row) up to each edge (column), inclusive."""
        n_columns = len(self.edges) + 1
        cell = customer * n_columns + np.searchsorted(self.edges, day)
        table = np.bincount(cell, minlength=n_customers * n_columns)
        table = table.reshape(n_customers, n_columns)[:, :-1]
        return np.cumsum(table, axis=1, dtype=np.int32)

    def within(self, totals: NDArray[np.int32], name: str) -> NDArray[np.int32]:
        """Purchase days of each customer in the window that ends at each target."""
        return totals[:, self.ends] - totals[:, self.starts[name]]


def _parameters(
    model: PurchaseModel, n_draws: int, rng: np.random.Generator
) -> list[dict[str, float]]:
    """Parameters as they could also be: normal in logarithms, by the covariance of the fit."""
    centre = model.estimates
    assert model.params is not None
    assert model.covariance is not None
    in_logs = model.covariance / np.outer(centre, centre)
    shifts = rng.multivariate_normal(np.zeros(len(centre)), in_logs, n_draws)
    return [dict(zip(model.params, row, strict=True)) for row in (centre * np.exp(shifts)).tolist()]


def _events(
    params: Params, p_alive: Floats, state: State, assumed: Assumptions, rng: np.random.Generator
) -> _Events:
    """One future of everybody: those alive now, and those who arrive.

    Every random number is drawn whether or not a customer lapses, so that two futures which
    differ only in `fewer_lapse` have the same purchases but for those after a lapse.
    """
    n_days = len(assumed.pace)
    elapsed = np.concatenate([[0.0], np.cumsum(assumed.pace)])
    alive = np.flatnonzero(rng.random(len(p_alive)) < p_alive)
    arrived_on = np.repeat(np.arange(n_days), rng.poisson(assumed.arrivals))
    n_known, n_new = len(state.x), len(arrived_on)
    who = np.concatenate([alive, n_known + np.arange(n_new)])
    x = np.concatenate([state.x[alive], np.zeros(n_new)])
    watched = np.concatenate([state.T[alive], np.zeros(n_new)])
    rate = rng.gamma(params["r"] + x) / (params["alpha"] + watched)
    starts = np.concatenate([np.zeros(len(alive)), elapsed[arrived_on + 1]])
    is_new = np.arange(len(who)) >= len(alive)
    lasts = _purchases_left(params, x, is_new, assumed.fewer_lapse, rng)

    n_bought = rng.poisson(rate * (elapsed[-1] - starts))
    row = np.repeat(np.arange(len(who)), n_bought)
    # A customer's purchases fall evenly over elapsed time; sorting them within each customer.
    place = np.sort(row + rng.random(len(row))) - row
    nth = np.arange(len(row)) - np.repeat(np.cumsum(n_bought) - n_bought, n_bought)
    kept = nth < lasts[row]
    row, place = row[kept], place[kept]
    at = starts[row] + place * (elapsed[-1] - starts[row])
    day = np.clip(np.searchsorted(elapsed, at, side="right") - 1, 0, n_days - 1)
    customer = np.concatenate([who[row], who[is_new]])
    return _once_a_day(customer, np.concatenate([day, arrived_on]), n_days, n_known + n_new)


def _purchases_left(
    params: Params,
    x: Floats,
    is_new: NDArray[np.bool_],
    fewer_lapse: float,
    rng: np.random.Generator,
) -> Floats:
    """How many more purchases each makes before lapsing; without end where nobody lapses."""
    if "a" not in params:
        return np.full(len(x), np.inf)
    # Someone alive has survived the latest purchase too; someone new may lapse at the first.
    survived = np.where(is_new, 0.0, x + 1)
    p_lapse = rng.beta(params["a"], params["b"] + survived) * (1 - fewer_lapse)
    with np.errstate(divide="ignore"):
        stays = np.log1p(-np.minimum(p_lapse, 1 - 1e-12))
        left = np.floor(np.log(rng.random(len(x))) / np.minimum(stays, -1e-300))
    return np.where(is_new, left, left + 1)


def _once_a_day(customer: Ints, day: Ints, n_days: int, n_customers: int) -> _Events:
    key = np.sort(customer * n_days + day)
    key = key[np.diff(key, prepend=-1) != 0]
    return _Events(key // n_days, key % n_days, n_customers)
