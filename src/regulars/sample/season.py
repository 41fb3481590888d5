"""The shop's calendar: which days are busy, and when new customers come."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from regulars.sample.planted import Planted

Floats = NDArray[np.float64]

AS_OF = date(2026, 11, 20)  # the last day of every example, unless asked otherwise
DAY_SECONDS = 86_400

# How busy the middle of each month is, January first: gifts in December, holidays in July.
_MONTHS = (0.80, 0.88, 0.95, 0.95, 0.92, 0.84, 0.70, 0.84, 1.00, 1.08, 1.26, 1.78)
_WEEKDAYS = (0.82, 0.86, 0.92, 0.98, 1.24, 1.52, 0.66)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days counted from the midnight on which `first_on` begins.

    `clock[d]` is the shop's own time at that midnight: it runs faster on busy days, as fast as the
    calendar on average. `arrived[d]` is the share of all customers who have come by midnight d.
    """

    first_on: date
    days: int  # of history; day `days` is the first that the files must not show
    horizon_days: int
    has_season: bool
    clock: Floats
    arrived: Floats

    @property
    def as_of(self) -> date:
        """The last day of the history."""
        return self.first_on + timedelta(days=self.days - 1)

    def shop_time(self, at: Floats) -> Floats:
        """Calendar time to the shop's own time."""
        return np.interp(at, np.arange(self.clock.size), self.clock)

    def calendar_time(self, shop_time: Floats) -> Floats:
        """The shop's own time to calendar time."""
        return np.interp(shop_time, self.clock, np.arange(self.clock.size))

    def arrivals(self, rng: np.random.Generator, n: int) -> Floats:
        """When `n` customers first buy, in order; all before the history ends."""
        drawn = np.sort(rng.random(n))
        return np.interp(drawn, self.arrived, np.arange(self.arrived.size))


def calendar(planted: Planted, *, as_of: date, days: int, horizon_days: int) -> Calendar:
    """The calendar of a history of `days` days that ends with `as_of`, and of what follows."""
    first_on = as_of - timedelta(days=days - 1)
    busy = (
        _busyness(first_on, days + horizon_days)
        if planted.has_season
        else np.ones(days + horizon_days)
    )
    coming = busy[:days] * np.linspace(1.0, planted.growth, days)
    return Calendar(
        first_on=first_on,
        days=days,
        horizon_days=horizon_days,
        has_season=planted.has_season,
        clock=_running_total(busy),
        arrived=_running_total(coming / coming.sum()),
    )


def _busyness(first_on: date, n: int) -> Floats:
    """How busy each of `n` days is; 1 is the average of a year."""
    on = np.datetime64(first_on, "D") + np.arange(n)
    day_of_year = (on - on.astype("datetime64[Y]")).astype(np.float64)
    middles = (np.arange(12) + 0.5) * 365.25 / 12
    month = np.interp(day_of_year, middles, _MONTHS, period=365.25) / np.mean(_MONTHS)
    weekday = (on.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    busy: Floats = month * np.asarray(_WEEKDAYS)[weekday] / np.mean(_WEEKDAYS)
    return busy


def _running_total(parts: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(parts)))
