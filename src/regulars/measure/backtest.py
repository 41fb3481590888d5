"""Past origins: what was known of each customer then, and what they did afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure.engine import Engine
from regulars.measure.spend import Credibility, credibility

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
CELL = ("x", "t_x", "T", "bought")
# Looking back needs the total of many, not each one: beyond this a random sample does.
SAMPLE = 60_000


@dataclass(frozen=True, slots=True)
class Money:
    """Net spend behind the cells of an Origin, in minor units, refunds taken off.

    `net` up to the origin and `after` in the horizon behind it, each summed over the customers of
    a cell; `spend`: what had been learned by then of spend per purchase day.
    """

    net: FloatArray
    after: FloatArray
    spend: Credibility


@dataclass(frozen=True, slots=True)
class Origin:
    """Customers known on day `on`, alike ones counted together, with what they did afterwards.

    `x`, `t_x`, `T` (days) as known then; `bought`: purchase days in the `horizon` days after;
    `weight`: customers of that kind; `money` where it was asked for and somebody was known.
    """

    on: int
    horizon: int
    x: IntArray
    t_x: IntArray
    T: IntArray
    bought: IntArray
    weight: IntArray
    money: Money | None = None


def past_origins(*, first_on: int, as_of: int, horizon: int, at_most: int) -> list[int]:
    """Days from which a whole horizon has passed and enough had been seen before.

    Takes   days since 1970-01-01; horizon in days.
    Gives   the newest first: as_of - horizon, as_of - 2 horizon, .. while at least two horizons of
            history lie before. Their windows do not overlap.
    Error   -
    Beware  empty where the history is shorter than three horizons: nothing can be checked then.
    Source  rolling origins: Tashman 2000, International J. of Forecasting 16.
    """
    origins = (as_of - horizon * k for k in range(1, at_most + 1))
    return [on for on in origins if on - first_on >= 2 * horizon]


def origin_cells(
    days: nw.LazyFrame[Any],
    *,
    origins: Sequence[int],
    horizon: int,
    engine: Engine,
    with_money: bool = False,
) -> list[Origin]:
    """What was known at each origin and what followed: one pass over the days for all of them.

    Takes   days: customer, day, n_purchases, and net_minor if `with_money` (see
            `rfm.customer_days`).
    Gives   an Origin per day asked for, in that order; without customers where none was known.
    Error   exact counts and sums.
    Beware  returns are as they stand in the books today, not as they stood at the origin.
    Source  -
    """
    if not origins:
        return []
    customers = engine.keep(_at_origins(days, origins, horizon, with_money=with_money), "origins")
    found = [
        _origin(customers, i, on, horizon, engine, with_money=with_money)
        for i, on in enumerate(origins)
    ]
    engine.drop("origins")
    return found


def sampled(origin: Origin, *, at_most: int = SAMPLE) -> Origin:
    """The origin itself, or a random sample of its customers where they are very many.

    Takes   an Origin; at_most: customers to keep.
    Gives   an Origin; money is that of the kept cells, by their part of the customers drawn.
    Error   drawn with replacement, the same for the same day: totals of 60,000 miss those of all by
            about one per cent.
    Beware  `weight` then sums to the customers drawn, not to those known.
    Source  multinomial draw over cells.
    """
    n = int(origin.weight.sum())
    if n <= at_most:
        return origin
    order = np.lexsort((origin.bought, origin.T, origin.t_x, origin.x))
    drawn = np.random.default_rng(origin.on).multinomial(at_most, origin.weight[order] / n)
    kept, drawn = order[drawn > 0], drawn[drawn > 0]
    cells = {key: getattr(origin, key)[kept] for key in CELL}
    if origin.money is None:
        return replace(origin, **cells, weight=drawn)
    part = drawn / origin.weight[kept]
    net, after = origin.money.net[kept] * part, origin.money.after[kept] * part
    money = replace(origin.money, net=net, after=after)
    return replace(origin, **cells, weight=drawn, money=money)


def _at_origins(
    days: nw.LazyFrame[Any], origins: Sequence[int], horizon: int, *, with_money: bool
) -> nw.LazyFrame[Any]:
    """One row per customer: what is to be known at each origin i, in columns that end in _i."""
    day, bought = nw.col("day"), nw.col("n_purchases") > 0
    told: dict[str, nw.Expr] = {"first": nw.when(bought).then(day)}
    summed: dict[str, nw.Expr] = {"first": nw.col("first").min()}
    for i, on in enumerate(origins):
        before, after = day <= on, (day > on) & (day <= on + horizon)
        told[f"last_{i}"] = nw.when(bought & before).then(day)
        summed[f"last_{i}"] = nw.col(f"last_{i}").max()
        counts = {f"n_{i}": bought & before, f"bought_{i}": bought & after}
        told |= {name: each.cast(nw.Int32) for name, each in counts.items()}
        summed |= {name: nw.col(name).sum().cast(nw.Int32) for name in counts}
        if with_money:
            net = nw.col("net_minor").cast(nw.Float64)
            nets = {
                f"net_{i}": nw.when(before).then(net).otherwise(0.0),
                f"squared_{i}": nw.when(before).then(net * net).otherwise(0.0),
                f"after_{i}": nw.when(after).then(net).otherwise(0.0),
            }
            told |= nets
            summed |= {name: nw.col(name).sum() for name in nets}
    seen = days if with_money else days.filter(bought)
    return seen.with_columns(**told).group_by("customer").agg(**summed)


def _cells(customers: nw.LazyFrame[Any], i: int, on: int) -> nw.LazyFrame[Any]:
    """The customers known at origin i, with their cell."""
    first = nw.col("first")
    return customers.filter(nw.col(f"n_{i}") > 0).with_columns(
        x=nw.col(f"n_{i}") - 1,
        t_x=nw.col(f"last_{i}") - first,
        T=on - first,
        bought=nw.col(f"bought_{i}"),
    )


def _origin(
    customers: nw.LazyFrame[Any], i: int, on: int, horizon: int, engine: Engine, *, with_money: bool
) -> Origin:
    known = _cells(customers, i, on)
    sums = {"net": nw.col(f"net_{i}").sum(), "after": nw.col(f"after_{i}").sum()}
    cell = engine.arrays(known.group_by(*CELL).agg(weight=nw.len(), **(sums if with_money else {})))
    counts: dict[str, Any] = {key: cell[key].astype(np.int64) for key in (*CELL, "weight")}
    if not (with_money and cell["weight"].size):
        return Origin(on, horizon, **counts)
    each = engine.arrays(known.select(f"n_{i}", f"net_{i}", f"squared_{i}"))
    spend = credibility(*(each[f"{name}_{i}"] for name in ("n", "net", "squared")))
    return Origin(on, horizon, **counts, money=Money(cell["net"], cell["after"], spend))
