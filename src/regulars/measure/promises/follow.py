"""The first promise to each customer, what was known when it was made, and what followed it."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from regulars.measure.engine import Arrays, Engine
from regulars.measure.models.inputs import BadInput

_HELD = "promises_followed"
COLUMNS = (
    *("promise", "customer", "kind", "made_day", "due_day", "is_broken", "is_withdrawn"),
    *("days_late", "value_minor", "channel", "branch"),
)


@dataclass(frozen=True, slots=True)
class Followed:
    """One row a customer, as `follow` says; and of all promises those that were left out, and why.

    `columns` holds the columns of the promises, whichever there are, and what `follow` adds.
    """

    columns: Arrays
    within_days: int
    as_of: int
    first_day: int | None  # of all purchases; None where there are none
    n_promises: int
    n_withdrawn: int  # no longer to be kept, and not broken before
    n_not_over: int  # the days to come back in have not all passed
    n_later: int  # another promise to the same customer came first

    def __len__(self) -> int:
        return len(self.columns["due_day"])


def follow(
    promises: nw.LazyFrame[Any],
    days: nw.LazyFrame[Any],
    *,
    as_of: int,
    engine: Engine,
    within_days: int = 90,
) -> Followed:
    """Whether each customer bought again after the first promise made to them.

    Takes   promises: one row each: promise (an id), customer, kind, made_day, due_day (integers,
            days since 1970-01-01; due_day is the last day in time), is_broken, is_withdrawn,
            days_late (NULL: kept in time or never kept), value_minor of the order, channel, branch
            (NULL: not known); any other column is carried along. days: customer, day: one row per
            customer and purchase day. as_of, the last day told of.
    Gives   a Followed: per customer their first promise whose within_days had passed by as_of, with
            n_before and last_before (purchase days before the day it was made), is_back (bought on
            one of the within_days days after due_day), was_back (the same of the within_days days
            before made_day), and n_earlier and last_earlier (purchase days before those).
    Error   exact.
    Beware  one promise a customer, so that nobody is counted twice; of a customer's later promises
            it says nothing. Who bought between the promise and its due day counts on neither side.
            Whose days are not over is left out, however early they came back.
    Source  -
    """
    if within_days < 1:
        raise BadInput(
            "within_days", f"within_days is {within_days}; wanted at least 1", value=within_days
        )
    there = promises.collect_schema().names()
    if missing := [name for name in COLUMNS if name not in there]:
        raise BadInput("promises", f"promises have no column {missing[0]}; wanted it, or NULLs")
    gone = nw.col("is_withdrawn") & ~nw.col("is_broken")
    over = nw.col("due_day") + within_days <= as_of
    known = promises.filter(~nw.col("customer").is_null(), ~nw.col("is_broken").is_null())
    n, n_gone, n_young = _counted(engine, known, gone=gone, young=~gone & ~over)
    first = engine.keep(_first_of_each(known.filter(~gone, over)), _HELD)
    columns = engine.arrays(_with_purchases(first, days, within_days))
    found = engine.arrays(days.select(first_day=nw.col("day").min()))["first_day"]
    engine.drop(_HELD)
    first_day = float(found[0])  # NULL, and so NaN, where nobody bought
    return Followed(
        columns=columns,
        within_days=within_days,
        as_of=as_of,
        first_day=None if np.isnan(first_day) else int(first_day),
        n_promises=n,
        n_withdrawn=n_gone,
        n_not_over=n_young,
        n_later=n - n_gone - n_young - len(columns["due_day"]),
    )


def _counted(engine: Engine, frame: nw.LazyFrame[Any], **flags: nw.Expr) -> list[int]:
    """How many rows there are, and how many have each flag."""
    summed = {name: flag.cast(nw.Int64).sum() for name, flag in flags.items()}
    found = engine.arrays(frame.select(n=nw.len(), **summed))
    # A sum over nothing is NULL.
    return [int(np.nan_to_num(float(found[name][0]))) for name in ("n", *flags)]


def _first_of_each(promises: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The promise that was made first to each customer."""
    nth = nw.col("made_day").cum_count().over("customer", order_by=("made_day", "promise"))
    return promises.with_columns(nth_promise=nth).filter(nw.col("nth_promise") == 1)


def _with_purchases(
    first: nw.LazyFrame[Any], days: nw.LazyFrame[Any], within_days: int
) -> nw.LazyFrame[Any]:
    """What each customer bought before the promise was made and after it was due."""
    day, made, due = nw.col("day"), nw.col("made_day"), nw.col("due_day")
    is_before, is_earlier = day < made, day < made - within_days
    told = (
        first.select("customer", "made_day", "due_day")
        .join(days.select("customer", "day"), on="customer")
        .with_columns(
            n_before=is_before.cast(nw.Int64),
            n_earlier=is_earlier.cast(nw.Int64),
            last_before=nw.when(is_before).then(day),
            last_earlier=nw.when(is_earlier).then(day),
            is_back=((day > due) & (day <= due + within_days)).cast(nw.Int64),
            was_back=(is_before & ~is_earlier).cast(nw.Int64),
        )
        .group_by("customer")
        .agg(
            *(nw.col(name).sum().cast(nw.Int64) for name in ("n_before", "n_earlier")),
            *(nw.col(name).max() for name in ("last_before", "last_earlier")),
            *(nw.col(name).max() for name in ("is_back", "was_back")),
        )
    )
    counts = ("n_before", "n_earlier", "is_back", "was_back")
    return (
        first.drop("nth_promise")
        .join(told, on="customer", how="left")
        .with_columns(nw.col(*counts).fill_null(0))
        .sort("promise")
    )
