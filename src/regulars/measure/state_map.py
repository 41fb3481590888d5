"""How customers move between the stages: a picture of what happened, and no forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.activity import LAPSING, LOST, Thresholds, activity
from regulars.measure.engine import Engine
from regulars.measure.expected import Predictor
from regulars.measure.intervals import wilson_bounds
from regulars.measure.models.inputs import check_columns, counts, not_negative
from regulars.measure.regulars import Definition

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

STATES = ("first_time", "repeat", "regular", "lapsing", "lost")
# Where those come from who were no customers yet.
NEW = len(STATES)
# Twenty years: nobody's silence is looked at beyond.
LONGEST = 7305


@dataclass(frozen=True, slots=True)
class Movements:
    """Of those in a state (row), the share in each state (column) one period later, low and high.

    `n`: customers counted in each state, once a period; shares are NaN where there were none.
    `spread` tells by how many times periods differ more than chance has them differ, at least 1.
    """

    n: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    spread: FloatArray
    level: float


@dataclass(frozen=True, slots=True)
class StateMap:
    """Customers by state on each day, and who went where between one day and the next.

    `counts[i, s]`: customers in state s on day `on[i]`; `moves[i, f, t]`: customers in state f on
    day `on[i]` and in t on `on[i + 1]`; row `NEW` of f holds those who came in between.
    """

    on: tuple[int, ...]
    counts: IntArray
    moves: IntArray

    def movements(self, *, level: float = 0.95) -> Movements:
        """The shares that move, over all periods.

        Takes   level: of the intervals.
        Gives   Movements.
        Error   Wilson score interval with the number of customers divided by how much more the
                periods differ than chance has it (Pearson's statistic by its degrees of freedom).
        Beware  states forget how long someone has been silent: multiplying this table by itself
                forecasts worse than supposing that nothing changes.
        Source  Wilson 1927; overdispersion: McCullagh & Nelder 1989, section 4.5.
        """
        known = self.moves[:, :NEW, :]
        hits, by_period = known.sum(axis=0), known.sum(axis=2)
        n = by_period.sum(axis=0)
        share = np.divide(hits, n[:, None], out=np.full(hits.shape, np.nan), where=n[:, None] > 0)
        spread = _overdispersion(known, by_period, share)
        low, high = wilson_bounds(hits / spread[:, None], n[:, None] / spread[:, None], level=level)
        return Movements(n, share, low, high, spread, level)


def silence_limits(
    model: Predictor, *, x: ArrayLike, t_x: ArrayLike, horizon: int, thresholds: Thresholds
) -> tuple[IntArray, IntArray]:
    """After how many days without a purchase customers count as lapsing, and as lost.

    Takes   a fitted model; x repeat purchases, the last t_x days after the first; the horizon of
            the odds; thresholds of their fall.
    Gives   (lapsing, lost): the first day of silence on which each holds, at most `LONGEST` + 1.
    Error   exact to the day; the odds are the model's.
    Beware  by the odds of `activity`, which only fall while nothing is bought.
    Source  bisection.
    """
    counted, last = counts("x", x), not_negative("t_x", t_x)
    check_columns({"x": counted, "t_x": last})
    then = model.p_buys(horizon, x=counted, t_x=last, T=last)

    def first_day(state: int) -> IntArray:
        low, high = np.full((2, counted.size), [[-1], [LONGEST + 1]])
        while (high - low > 1).any():
            middle = (low + high) // 2
            now = model.p_buys(horizon, x=counted, t_x=last, T=last + middle)
            is_so = activity(now, then, thresholds=thresholds) >= state
            low, high = np.where(is_so, low, middle), np.where(is_so, middle, high)
        return high.astype(np.int64)

    return first_day(LAPSING), first_day(LOST)


def state_map(
    days: nw.LazyFrame[Any],
    *,
    model: Predictor,
    on: Sequence[int],
    horizon: int,
    definition: Definition,
    engine: Engine,
    thresholds: Thresholds | None = None,
) -> StateMap:
    """Customers by state on some days, and their movements from each day to the next.

    Takes   days: customer, day, n_purchases (see `rfm.customer_days`); a model fitted to them; on:
            days, ascending, two at least; the horizon of the odds that tell lapsing and lost.
    Gives   a StateMap. Lost and lapsing go before the other states; somebody active is a regular
            by the definition, or else a repeat buyer, or a first-time buyer.
    Error   exact counts; for shares see `StateMap.movements`.
    Beware  one model tells lapsing for all days: on the early ones it knows what came later. A
            regular by the definition who is lapsing is counted as lapsing.
    Source  -
    """
    if len(on) < 2 or any(later <= earlier for earlier, later in pairwise(on)):
        raise ValueError(f"on is {list(on)}; wanted at least two days, each after the one before")
    customers = engine.keep(_seen_on(days, on, definition), "seen_on_days")
    kinds = [
        engine.arrays(
            customers.filter(nw.col(f"n_{i}") > 0)
            .select(x=nw.col(f"n_{i}") - 1, t_x=nw.col(f"last_{i}") - nw.col("first"))
            .group_by("x", "t_x")
            .agg(n=nw.len())
        )
        for i in range(len(on))
    ]
    distinct = np.unique(
        np.concatenate([np.stack([kind["x"], kind["t_x"]], axis=1) for kind in kinds]), axis=0
    )
    x, t_x = distinct.astype(np.int64).T
    lapsing, lost = silence_limits(
        model, x=x, t_x=t_x, horizon=horizon, thresholds=thresholds or Thresholds()
    )
    limits = engine.table({"x": x, "t_x": t_x, "lapsing": lapsing, "lost": lost}, "silence_limits")
    states = engine.keep(_states(customers, limits, on, definition), "states_on_days")
    moves = np.array([_moves(states, i, engine) for i in range(len(on) - 1)])
    counts = np.concatenate([moves[:1, :NEW, :].sum(axis=2), moves.sum(axis=1)])
    for name in ("seen_on_days", "states_on_days"):
        engine.drop(name)
    return StateMap(tuple(on), counts, moves)


def _seen_on(
    days: nw.LazyFrame[Any], on: Sequence[int], definition: Definition
) -> nw.LazyFrame[Any]:
    """Each customer's purchase days, last day and days in the window, on every day asked for."""
    day = nw.col("day")
    told: dict[str, nw.Expr] = {}
    for i, end in enumerate(on):
        in_window = (day <= end) & (day > end - definition.window_days)
        told[f"n_{i}"] = (day <= end).cast(nw.Int64)
        told[f"last_{i}"] = nw.when(day <= end).then(day)
        told[f"window_{i}"] = in_window.cast(nw.Int64)
    sums = [name for name in told if not name.startswith("last")]
    return (
        days.filter(nw.col("n_purchases") > 0, day <= on[-1])
        .with_columns(**told)
        .group_by("customer")
        .agg(
            first=day.min(),
            **{name: nw.col(name).sum() for name in sums},
            **{name: nw.col(name).max() for name in told if name not in sums},
        )
    )


def _states(
    customers: nw.LazyFrame[Any],
    limits: nw.LazyFrame[Any],
    on: Sequence[int],
    definition: Definition,
) -> nw.LazyFrame[Any]:
    """Each customer's state on every day; NEW where there was no purchase yet."""
    frame = customers
    for i, end in enumerate(on):
        frame = frame.with_columns(
            x=(nw.col(f"n_{i}") - 1).cast(nw.Int64),
            t_x=(nw.col(f"last_{i}") - nw.col("first")).cast(nw.Int64),
        )
        silent = end - nw.col(f"last_{i}")
        frame = frame.join(limits, on=["x", "t_x"], how="left").with_columns(
            nw.when(nw.col(f"n_{i}") == 0)
            .then(NEW)
            .when(silent >= nw.col("lost"))
            .then(STATES.index("lost"))
            .when(silent >= nw.col("lapsing"))
            .then(STATES.index("lapsing"))
            .when(nw.col(f"window_{i}") >= definition.days)
            .then(STATES.index("regular"))
            .when(nw.col(f"n_{i}") > 1)
            .then(STATES.index("repeat"))
            .otherwise(STATES.index("first_time"))
            .alias(f"state_{i}")
        )
        frame = frame.drop("x", "t_x", "lapsing", "lost")
    return frame.select(*(f"state_{i}" for i in range(len(on))))


def _moves(states: nw.LazyFrame[Any], i: int, engine: Engine) -> IntArray:
    """Customers by state on one day (row; NEW too) and on the next (column)."""
    counted = engine.arrays(
        states.select(before=nw.col(f"state_{i}"), after=nw.col(f"state_{i + 1}"))
        .filter(nw.col("after") != NEW)
        .group_by("before", "after")
        .agg(n=nw.len())
    )
    moves = np.zeros((len(STATES) + 1, len(STATES)), dtype=np.int64)
    moves[counted["before"].astype(np.int64), counted["after"].astype(np.int64)] = counted["n"]
    return moves


def _overdispersion(moves: IntArray, by_period: IntArray, share: FloatArray) -> FloatArray:
    """How many times more the periods differ, from each state, than chance has it; at least 1."""
    expected = by_period[:, :, None] * np.nan_to_num(share)
    off = np.divide(
        (moves - expected) ** 2, expected, out=np.zeros(expected.shape), where=expected > 0
    )
    reached = np.maximum((np.nan_to_num(share) > 0).sum(axis=1) - 1, 0)
    freedom = np.maximum((by_period > 0).sum(axis=0) - 1, 0) * reached
    pearson = off.sum(axis=(0, 2))
    per_degree = np.divide(pearson, freedom, out=np.ones(len(freedom)), where=freedom > 0)
    return np.asarray(np.maximum(per_degree, 1.0), dtype=np.float64)
