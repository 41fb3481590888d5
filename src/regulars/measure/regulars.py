"""What a regular is, and the share of them among the customers, day by day."""

import re
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure.engine import Engine
from regulars.measure.figure import Figure
from regulars.measure.intervals import share_bounds, wilson_bounds

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Definition:
    """Whom we call a regular.

    Someone with an event of `kinds` on at least `days` days in the last `window_days`; counted
    among those with at least one such day in the last `base_days`.
    """

    days: int = 3
    window_days: int = 180
    base_days: int = 365
    kinds: tuple[str, ...] = ("purchase",)

    def __post_init__(self) -> None:
        if not all(isinstance(n, Integral) for n in (self.days, self.window_days, self.base_days)):
            raise ValueError(f"{self}: days, window and base window must be whole numbers")
        if self.days < 1 or self.window_days < 1 or self.base_days < 1:
            raise ValueError(f"{self}: days, window and base window must each be at least 1")
        if self.days > self.window_days:
            raise ValueError(f"{self}: {self.days} days do not fit into {self.window_days} days")
        if self.base_days < self.window_days:
            raise ValueError(f"{self}: the base window must not be shorter than the window")

    @classmethod
    def parse(cls, text: str) -> "Definition":
        """Read `3/180d/365d`."""
        found = re.fullmatch(r"\s*(\d{1,4})\s*/\s*(\d{1,5})d?\s*/\s*(\d{1,5})d?\s*", text)
        if not found:
            raise ValueError(f"{text!r} is not of the form DAYS/WINDOWd/BASEd, such as 3/180d/365d")
        days, window, base = (int(part) for part in found.groups())
        return cls(days, window, base)

    def __str__(self) -> str:
        return f"{self.days}/{self.window_days}d/{self.base_days}d"


def membership_changes(
    visits: nw.LazyFrame[Any], *, days: int, window_days: int, engine: Engine
) -> tuple[IntArray, IntArray]:
    """On which days how many customers begin, or cease, to have `days` purchase days in a window.

    Takes   visits: one row per purchase day: day, and before_k for k = days - 1 and days (see
            `rfm.visits`).
    Gives   (day, change): net number of customers that day gained, sorted by day, each day once.
            A customer who bought on days d1 <= .. <= dn counts from dn on until window_days after
            d1, d1 itself being the oldest of the n.
    Error   exact: pieces [max(d_i, d_(i-n) + window), d_(i-n+1) + window) never overlap.
    Beware  changes after the last day of the history are in it: they are what happens if nobody
            buys any more.
    Source  -
    """
    day = nw.col("day")
    oldest = day if days == 1 else nw.col(f"before_{days - 1}")
    spent = nw.col(f"before_{days}") + window_days
    starts = nw.when(spent > day).then(spent).otherwise(day)
    pieces = (
        visits.filter(~oldest.is_null())
        .select(starts=starts, ends=oldest + window_days)
        .filter(nw.col("starts") < nw.col("ends"))
    )
    begun = engine.arrays(pieces.group_by("starts").agg(n=nw.len()))
    ended = engine.arrays(pieces.group_by("ends").agg(n=nw.len()))
    at = np.concatenate([begun["starts"], ended["ends"]]).astype(np.int64)
    change = np.concatenate([begun["n"].astype(np.int64), -ended["n"].astype(np.int64)])
    when, place = np.unique(at, return_inverse=True)
    return when, np.bincount(place, weights=change, minlength=when.size).astype(np.int64)


def counted_on(changes: tuple[IntArray, IntArray], on: IntArray) -> IntArray:
    """How many there were on each of the days asked for.

    Takes   changes as `membership_changes` gives them; days, any order.
    Gives   integers, as many as days.
    Error   exact.
    Beware  0 before the first change.
    Source  -
    """
    when, change = changes
    total = np.concatenate([[0], np.cumsum(change)])
    return np.asarray(total[np.searchsorted(when, on, side="right")], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Course:
    """Regulars and base on some days: arrays of equal length."""

    on: IntArray
    n_regulars: IntArray
    n_base: IntArray


def course(
    visits: nw.LazyFrame[Any], *, definition: Definition, on: IntArray, engine: Engine
) -> Course:
    """How many regulars there were, and among how many customers, on each day asked for.

    Takes   visits (see `rfm.visits`); on: days since 1970-01-01.
    Gives   a Course; the share is n_regulars / n_base.
    Error   exact counts; for the share see `intervals.wilson_bounds`.
    Beware  before the history is as long as the base window, customers from before it are
            missing from both counts; before it is as long as the window few could be regulars.
    Source  the company's own definition.
    """
    regular = membership_changes(
        visits, days=definition.days, window_days=definition.window_days, engine=engine
    )
    base = membership_changes(visits, days=1, window_days=definition.base_days, engine=engine)
    return Course(on, counted_on(regular, on), counted_on(base, on))


def revenue_share(customers: nw.LazyFrame[Any], *, engine: Engine, level: float = 0.95) -> Figure:
    """Regulars' part of the net revenue of all customers of the base window.

    Takes   customers: one row per customer: in_base and is_regular (bool), base_net_minor (net
            spend in the base window, refunds taken off; none NULL).
    Gives   a Figure between 0 and 1; unknown with `no_revenue` where the customers brought nothing.
    Error   a ratio of sums over customers, linearised, customers being independent draws, with the
            bounds of `intervals.share_bounds`. Where regulars brought nothing, or everything,
            Wilson's interval for Kish's effective number of customers.
    Beware  a few big customers make it wide, and rightly so. At 0.95 it covered 0.94 to 0.96 of the
            time with 50 to 3,000 customers and lognormal spend.
    Source  Cochran 1977, Sampling Techniques, ch. 6; Kish 1965, Survey Sampling.
    """
    net = nw.col("base_net_minor").cast(nw.Float64)
    squared = net * net
    sums = engine.arrays(
        customers.filter(nw.col("in_base") | (nw.col("base_net_minor") != 0))
        .group_by("is_regular")
        .agg(n=nw.len(), net=net.sum(), second=squared.sum(), fourth=(squared * squared).sum())
    )
    regular = sums["is_regular"].astype(bool)
    n, total = int(sums["n"].sum()), float(sums["net"].sum())
    if total <= 0:
        return Figure.unknown("no_revenue", n=n)
    share = float(np.clip(sums["net"][regular].sum() / total, 0.0, 1.0))
    if 0 < share < 1:
        # A customer's influence is net spend x (regular or not - share) / mean net spend.
        factor, mean = np.where(regular, 1 - share, share), total / n
        second, fourth = (
            float((factor**power * sums[name]).sum()) / n / mean**power
            for name, power in (("second", 2), ("fourth", 4))
        )
        low, high = share_bounds(share, n=n, second=second, fourth=fourth, level=level)
    else:
        effective = total**2 / float(sums["second"].sum())
        low, high = map(float, wilson_bounds(share * effective, effective, level=level))
    return Figure(share, low, high, n=n, level=level, method="ratio")
