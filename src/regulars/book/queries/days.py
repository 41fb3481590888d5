"""Which important days lie ahead."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from regulars.book.models import Customer, ImportantDay
from regulars.book.queries.wholes import hanging_on
from regulars.book.zone import today


@dataclass(frozen=True)
class DayAhead:
    """An important day, when it comes and how many years it will be, where that is known."""

    day: ImportantDay
    on: date
    years: int | None


def days_ahead(*, within_days: int, on: date | None = None) -> list[DayAhead]:
    """Every customer's days from today (or `on`) up to so many days later, at most 365.

    A day that several records of one customer hold comes once. One statement.
    """
    first_on = on or today()
    last_on = first_on + timedelta(days=min(within_days, 365))
    held = ImportantDay.objects.filter(_between(first_on, last_on))
    return sorted(
        (_ahead(day, first_on) for day in _each_once(held.select_related("customer__kept"))),
        key=lambda ahead: (ahead.on, ahead.day.customer_id),
    )


def days_of(customer: Customer, *, on: date | None = None) -> list[DayAhead]:
    """A customer's days, the next one first; one statement."""
    first_on = on or today()
    held = ImportantDay.objects.filter(hanging_on(customer)).select_related("customer")
    return sorted((_ahead(day, first_on) for day in _each_once(held)), key=lambda ahead: ahead.on)


def _each_once(held: QuerySet[ImportantDay]) -> Iterable[ImportantDay]:
    """One of the same days of a customer, one that knows its year before one that does not."""
    known_first = held.order_by(F("year").asc(nulls_last=True), "pk")
    firsts: dict[tuple[object, ...], ImportantDay] = {}
    for day in known_first:
        firsts.setdefault((day.customer.whole_id, day.kind, day.month, day.day, day.label), day)
    return firsts.values()


def _ahead(day: ImportantDay, first_on: date) -> DayAhead:
    comes_on = day.next_on(first_on)
    return DayAhead(day, comes_on, day.years_on(comes_on))


def _between(first_on: date, last_on: date) -> Q:
    """The days of the year from one date to another, a range a month."""
    found, begin = Q(), first_on
    while begin <= last_on:
        length = monthrange(begin.year, begin.month)[1]
        end = min(begin.replace(day=length), last_on)
        # Who was born on 29 February is thought of on the last of that month.
        last_day = 29 if (end.month, end.day) == (2, length) else end.day
        found |= Q(month=begin.month, day__gte=begin.day, day__lte=last_day)
        begin = end + timedelta(days=1)
    return found
