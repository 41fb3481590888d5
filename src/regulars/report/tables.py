"""From order lines to the few tables every measure of the report reads, each computed once."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import narwhals as nw

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


def tabulate(
    lines: nw.LazyFrame[Any], *, engine: Engine, definition: Definition, first_on: date, as_of: date
) -> Tables:
    """Group the lines by day and customer, then by customer, then look back once."""
    end = day_number(as_of)
    days = engine.keep(rfm.customer_days(lines), "customer_days")
    customers = engine.keep(rfm.customers(days, as_of=end, definition=definition), "customers")
    visits = engine.keep(rfm.visits(days, as_of=end, definition=definition), "visits")
    return Tables(engine, days, customers, visits, definition, day_number(first_on), end)
