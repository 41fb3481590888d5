"""Moments of a customer's own clock, on days that have 23 or 25 hours too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)


def first_instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    """When a clock there shows this; the first of two, and where it is skipped the one before."""
    return min(_instants(on, at, zone))


def last_instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The same; the second of two, and where it is skipped the one after."""
    return max(_instants(on, at, zone))


def quiet_until(at: datetime, *, begins: time, ends: time, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end that this moment lies in; None where it lies in none.

    They are the instants between their two local ends, the first included and the last not. Where
    clocks are turned at an end, they are the longer.
    """
    today = at.astimezone(zone).date()
    found = None
    for day in (today - _ONE_DAY, today, today + _ONE_DAY):
        last_day = day if begins < ends else day + _ONE_DAY
        end = last_instant(last_day, ends, zone)
        if first_instant(day, begins, zone) <= at < end:
            found = max(found or end, end)
    return found


def day_after(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The first moment of the local day so many days after the one this moment lies in."""
    return first_instant(at.astimezone(zone).date() + timedelta(days=days), time(), zone)


def _instants(on: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    local = datetime.combine(on, at, zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
