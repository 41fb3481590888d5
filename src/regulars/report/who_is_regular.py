"""How many are regulars now and over time, and what they bring."""

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure.figure import Figure
from regulars.measure.intervals import difference, normal_quantile, proportion, wilson_bounds
from regulars.measure.regulars import Course, course
from regulars.report.facts import RegularsFacts, SharePoint
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
    else:
        share = proportion(n, n_base, level=level).seen(*window)
        revenue = _revenue_share(tables, has_amounts=has_amounts, level=level).seen(*window)
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
                (n / base, float(lows[i]), float(highs[i])) if base else (None, None, None)
            )
            points.append(SharePoint(day_of(day), share, low, high, base, n))
    return points


def _year_ago(counted: Course, at: dict[int, int], tables: Tables, level: float) -> Figure:
    """Share now less share a year before; unknown where that year was not fully seen."""
    then = tables.as_of - YEAR
    needs = tables.definition.base_days + YEAR
    if then - tables.first_on + 1 < tables.definition.base_days:
        return Figure.unknown("history_too_short", needs=needs)
    now_i, then_i = at[tables.as_of], at[then]
    found = difference(
        int(counted.n_regulars[now_i]),
        int(counted.n_base[now_i]),
        int(counted.n_regulars[then_i]),
        int(counted.n_base[then_i]),
        level=level,
    )
    return found.seen(day_of(then), day_of(tables.as_of))


def _revenue_share(tables: Tables, *, has_amounts: bool, level: float) -> Figure:
    """Regulars' part of the net revenue of known customers in the base window.

    A ratio of sums over customers; its interval by linearisation, customers being independent.
    """
    if not has_amounts:
        return Figure.unknown("no_amounts")
    net = nw.col("base_net_minor").cast(nw.Float64)
    sums = tables.engine.arrays(
        tables.customers.filter(nw.col("in_base") | (nw.col("base_net_minor") != 0))
        .group_by("is_regular")
        .agg(n=nw.len(), total=net.sum(), squares=(net * net).sum())
    )
    parts = {bool(key): i for i, key in enumerate(sums["is_regular"])}
    n = int(sums["n"].sum())
    total = float(sums["total"].sum())
    if total <= 0:
        return Figure.unknown("no_revenue", n=n)
    mine = float(sums["total"][parts[True]]) if True in parts else 0.0
    share = mine / total
    squares = {key: float(sums["squares"][i]) for key, i in parts.items()}
    variance = (1 - share) ** 2 * squares.get(True, 0.0) + share**2 * squares.get(False, 0.0)
    half = normal_quantile(level) * np.sqrt(variance) / total
    return Figure(
        share, max(0.0, share - half), min(1.0, share + half), n=n, level=level, method="ratio"
    )
