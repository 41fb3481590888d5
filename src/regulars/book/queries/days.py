"""Which important days lie ahead."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from regulars.book.models import Customer, ImportantDay
from regulars.book.zone import today


@dataclass(frozen=True)
class DayAhead:
    """An important day, when it comes and how many years it will be, where that is known."""

    day: ImportantDay
    on: date
    years: int | None


def days_ahead(*, within_days: int, on: date | None = None) -> list[DayAhead]:
    """Every customer's days from today (or `on`) up to so many days later, at most 365.

    One statement.
    """
    first_on = on or today()
    last_on = first_on + timedelta(days=min(within_days, 365))
    held = ImportantDay.objects.filter(_between(first_on, last_on)).select_related("customer")
    return sorted(
        (_ahead(day, first_on) for day in held),
        key=lambda ahead: (ahead.on, ahead.day.customer_id),
    )


def days_of(customer: Customer, *, on: date | None = None) -> list[DayAhead]:
    """A customer's days, the next one first; one statement."""
    first_on = on or today()
    return sorted(
        (_ahead(day, first_on) for day in customer.days.all()), key=lambda ahead: ahead.on
    )


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
