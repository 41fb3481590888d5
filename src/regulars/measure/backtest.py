"""Past origins: what was known of each customer then, and what they did afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure.engine import Engine

IntArray = NDArray[np.int64]
CELL = ("x", "t_x", "T", "bought")


@dataclass(frozen=True, slots=True)
class Origin:
    """Customers known on day `on`, alike ones counted together, with what they did afterwards.

    `x`, `t_x`, `T` (days) as known then; `bought`: purchase days in the `horizon` days after;
    `weight`: customers of that kind.
    """

    on: int
    horizon: int
    x: IntArray
    t_x: IntArray
    T: IntArray
    bought: IntArray
    weight: IntArray


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
    days: nw.LazyFrame[Any], *, origins: Sequence[int], horizon: int, engine: Engine
) -> list[Origin]:
    """What was known at each origin and what followed: one pass over the days for all of them.

    Takes   days: customer, day, n_purchases (see `rfm.customer_days`).
    Gives   an Origin per day asked for, in that order; without customers where none was known.
    Error   exact counts.
    Beware  returns are as they stand in the books today, not as they stood at the origin.
    Source  -
    """
    if not origins:
        return []
    day = nw.col("day")
    told: dict[str, nw.Expr] = {}
    for i, on in enumerate(origins):
        known = nw.when(day <= on)
        told[f"n_{i}"] = (day <= on).cast(nw.Int64)
        told[f"last_{i}"] = known.then(day)
        told[f"bought_{i}"] = ((day > on) & (day <= on + horizon)).cast(nw.Int64)
    kinds = {"n": nw.Expr.sum, "last": nw.Expr.max, "bought": nw.Expr.sum}
    customers = engine.keep(
        days.filter(nw.col("n_purchases") > 0)
        .with_columns(**told)
        .group_by("customer")
        .agg(
            first=day.min(),
            **{name: kinds[name.split("_")[0]](nw.col(name)) for name in told},
        ),
        "at_origins",
    )
    found = [
        engine.arrays(
            customers.filter(nw.col(f"n_{i}") > 0)
            .select(
                x=nw.col(f"n_{i}") - 1,
                t_x=nw.col(f"last_{i}") - nw.col("first"),
                T=on - nw.col("first"),
                bought=nw.col(f"bought_{i}"),
            )
            .group_by(*CELL)
            .agg(weight=nw.len())
        )
        for i, on in enumerate(origins)
    ]
    engine.drop("at_origins")
    return [
        Origin(
            on,
            horizon,
            *(cell[key].astype(np.int64) for key in (*CELL, "weight")),
        )
        for on, cell in zip(origins, found, strict=True)
    ]
