"""From order lines to the few tables every measure of the report reads, each computed once."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure import rfm
from regulars.measure.engine import Engine
from regulars.measure.regulars import Definition

EPOCH = date(1970, 1, 1)


def day_number(on: date) -> int:
    """Days since 1970-01-01, as the measures count them."""
    return (on - EPOCH).days


def day_of(number: float) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(number))


def month_starts(first: int, last: int, *, step: int = 1) -> NDArray[np.int64]:
    """First days of the calendar months (or of every `step`-th) from one day to another.

    The month of `first` is the first one; with a step of 3 the months are those of quarters.
    """
    begins, ends = (_month_number(day) for day in (first, last))
    months = np.arange(begins - begins % step, ends + 1, step)
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _month_number(day: int) -> int:
    """Months since January 1970."""
    on = day_of(day)
    return (on.year - EPOCH.year) * 12 + on.month - 1


@dataclass(frozen=True, slots=True)
class Tables:
    """Customer-days, customers and visits, kept in the engine; see `measure.rfm` for columns."""

    engine: Engine
    days: nw.LazyFrame[Any]
    customers: nw.LazyFrame[Any]
    visits: nw.LazyFrame[Any]
    definition: Definition
    first_on: int
    as_of: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Days and visits of all customers, or of a random sample of them; `factor` is all by them."""

    days: nw.LazyFrame[Any]
    visits: nw.LazyFrame[Any]
    factor: float


def sampled(tables: Tables, customers: NDArray[Any], *, at_most: int) -> Sample:
    """What looking back needs: the totals of many, to a per cent, not each one of millions."""
    if customers.size <= at_most:
        return Sample(tables.days, tables.visits, 1.0)
    engine = tables.engine
    drawn = np.random.default_rng(tables.as_of).choice(np.sort(customers), at_most, replace=False)
    who = engine.table({"customer": drawn}, "sampled_customers")
    return Sample(
        engine.keep(tables.days.join(who, on="customer", how="inner"), "sampled_days"),
        engine.keep(tables.visits.join(who, on="customer", how="inner"), "sampled_visits"),
        customers.size / at_most,
    )


def tabulate(
    lines: nw.LazyFrame[Any], *, engine: Engine, definition: Definition, first_on: date, as_of: date
) -> Tables:
    """Group the lines by day and customer, then by customer, then look back once."""
    end = day_number(as_of)
    days = engine.keep(rfm.customer_days(lines), "customer_days")
    customers = engine.keep(rfm.customers(days, as_of=end, definition=definition), "customers")
    visits = engine.keep(rfm.visits(days, as_of=end, definition=definition), "visits")
    return Tables(engine, days, customers, visits, definition, day_number(first_on), end)
