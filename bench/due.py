"""Do due dates hold? Bands given at past origins beside the returns that came.

    python -m bench.due

For each set and origin, of the customers who came back before the history ends: how many did so
within the 50 and the 80 % band, and how many before it and after it; then the same of customers
with three repeat purchases or more. A return after the end is not seen, and those are the late
ones: the nearer the origin lies to the end, the more returns seem early. `overdue`: of customers
overdue on that day, how many ever came back, beside those who were not.
"""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.real import REAL, SETS, Shop, shop
from regulars.measure.due import Due, due
from regulars.measure.models import PurchaseModel, fit

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Known:
    """What was known of each customer on a day, and when they next came (infinite: never)."""

    x: NDArray[np.int64]
    t_x: NDArray[np.int64]
    T: NDArray[np.int64]
    came_after: NDArray[np.float64]
    log_gaps: NDArray[np.float64]


def main() -> int:
    if not REAL.is_dir():
        print(f"no data in {REAL}", file=sys.stderr)
        return 2
    for name, (query, _) in SETS.items():
        of = shop(query)
        for part in (0.5, 0.75):
            on = round(of.first_on + part * (of.as_of - of.first_on))
            known = known_on(of, on)
            print(
                f"\n{name}: {known.x.size} customers on {date(1970, 1, 1) + timedelta(days=on)}, "
                f"followed for {of.as_of - on} days"
            )
            for model in models(known):
                show(model, known)
    return 0


def known_on(of: Shop, on: int) -> Known:
    rows = of.engine.connection.execute(
        """
        with days as (select customer, day from customer_days where n_purchases > 0),
        gaps as (
            select customer, day, min(day) over (partition by customer) as first,
                   ln(day - lag(day) over (partition by customer order by day)) as log_gap
            from days)
        select count(*) filter (day <= $on) - 1 as x, max(day) filter (day <= $on) - first as t_x,
               $on - first as T,
               coalesce(min(day) filter (day > $on) - $on, 'inf'::double) as came_after,
               coalesce(sum(log_gap) filter (day <= $on), 0) as log_gaps
        from gaps group by customer, first having first <= $on""",
        {"on": on},
    ).fetchnumpy()
    return Known(**rows)


def models(known: Known) -> list[PurchaseModel]:
    given: dict[str, Any] = {"x": known.x, "t_x": known.t_x, "T": known.T}
    found = [
        fit("mbg_nbd", **given),
        fit("mbg_cnbd_k", **given, log_gaps=known.log_gaps),
    ]
    return [model for model in found if model.identifiable and getattr(model, "k", 2) > 1]


def show(model: PurchaseModel, known: Known) -> None:
    said = due(model, x=known.x, t_x=known.t_x, T=known.T)
    came = np.isfinite(known.came_after)
    k = getattr(model, "k", 1)
    for who, mask in (("all", came), ("x >= 3", came & (known.x >= 3))):
        print(f"  {model.name} k={k} {who:8}{held(said, known, mask)}")
    for who, mask in (("overdue", said.is_overdue), ("not overdue", ~said.is_overdue)):
        if mask.any():
            print(
                f"  {model.name} k={k} {who:12}{mask.sum():6} customers, "
                f"{100 * came[mask].mean():5.1f} % came back; "
                f"P(alive) said {100 * said.p_alive[mask].mean():5.1f} %"
            )


def held(said: Due, known: Known, who: Mask) -> str:
    came = known.came_after[who]
    bands = ((said.low_50, said.high_50), (said.low_80, said.high_80))
    parts = [f"{who.sum():6} returned"]
    for level, (low, high) in zip((50, 80), bands, strict=True):
        # A purchase falls on a whole day, which began a day before its number.
        early, late = came < low[who], came - 1 > high[who]
        parts.append(
            f"{level} %: in {100 * (~early & ~late).mean():5.1f}, early {100 * early.mean():5.1f}, "
            f"late {100 * late.mean():5.1f}"
        )
    return "; ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
