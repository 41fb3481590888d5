"""How many are regulars now and over time, and what they bring."""

import numpy as np
from numpy.typing import NDArray

from regulars.measure.figure import Figure
from regulars.measure.intervals import difference, proportion, wilson_bounds
from regulars.measure.regulars import Course, course, revenue_share
from regulars.report.facts import FEW, FEWEST, RegularsFacts, SharePoint
from regulars.report.tables import Tables, day_of, month_starts

YEAR = 365


def regulars_facts(tables: Tables, *, has_amounts: bool, level: float) -> RegularsFacts:
    """The share of regulars today, its course, and the revenue that regulars bring."""
    asked, as_of = tables.definition, tables.as_of
    seen_days = as_of - tables.first_on + 1
    on = _days_shown(tables)
    days = np.unique(np.append(on, [as_of, as_of - YEAR]))
    counted = course(tables.visits, definition=asked, on=days, engine=tables.engine)
    at = {int(day): i for i, day in enumerate(counted.on)}
    n, n_base = (int(part[at[as_of]]) for part in (counted.n_regulars, counted.n_base))
    window = day_of(as_of - asked.base_days + 1), day_of(as_of)
    if seen_days < asked.window_days:
        share = Figure.unknown("history_too_short", n=n_base, needs=asked.window_days)
        revenue = share
    elif 0 < n_base < FEWEST:
        share = Figure.unknown(FEW, n=n_base, needs=FEWEST).seen(*window)
        revenue = share
    else:
        share = proportion(n, n_base, level=level).seen(*window)
        revenue = (
            revenue_share(tables.customers, engine=tables.engine, level=level)
            if has_amounts
            else Figure.unknown("no_amounts")
        ).seen(*window)
    return RegularsFacts(
        definition=asked,
        n=n,
        n_base=n_base,
        share=share,
        revenue_share=revenue,
        course=_points(counted, set(on.tolist()), level),
        year_ago=_year_ago(counted, at, tables, level),
    )


def _days_shown(tables: Tables) -> NDArray[np.int64]:
    """The last day of every month in which the share means something, and the last day of all."""
    definition = tables.definition
    seen = tables.as_of - tables.first_on
    wait = definition.base_days if seen >= definition.base_days + YEAR else definition.window_days
    first = tables.first_on + wait - 1
    if first > tables.as_of:
        return np.array([], dtype=np.int64)
    ends = month_starts(first, tables.as_of)[1:] - 1
    return np.append(ends, tables.as_of)


def _points(counted: Course, shown: set[int], level: float) -> list[SharePoint]:
    lows, highs = wilson_bounds(counted.n_regulars, counted.n_base, level=level)
    points = []
    for i, day in enumerate(counted.on.tolist()):
        if day in shown:
            n, base = int(counted.n_regulars[i]), int(counted.n_base[i])
            share, low, high = (
                (n / base, float(lows[i]), float(highs[i]))
                if base >= FEWEST
                else (None, None, None)
            )
            points.append(SharePoint(day_of(day), share, low, high, base, n))
    return points


def _year_ago(counted: Course, at: dict[int, int], tables: Tables, level: float) -> Figure:
    """Share now less share a year before; unknown where that year was not seen, or by few."""
    then = tables.as_of - YEAR
    needs = tables.definition.base_days + YEAR
    if then - tables.first_on + 1 < tables.definition.base_days:
        return Figure.unknown("history_too_short", needs=needs)
    now_i, then_i = at[tables.as_of], at[then]
    fewest = int(min(counted.n_base[now_i], counted.n_base[then_i]))
    if 0 < fewest < FEWEST:
        return Figure.unknown(FEW, n=fewest, needs=FEWEST)
    found = difference(
        int(counted.n_regulars[now_i]),
        int(counted.n_base[now_i]),
        int(counted.n_regulars[then_i]),
        int(counted.n_base[then_i]),
        level=level,
    )
    return found.seen(day_of(then), day_of(tables.as_of))
