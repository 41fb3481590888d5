from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.messages.budget.local_time import day_after, first_instant, last_instant, quiet_until
from tests.support.cast import at

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = ("Europe/Stockholm", "Asia/Shanghai", "America/St_Johns", "Australia/Lord_Howe", "UTC")
NIGHT = {"begins": time(21), "ends": time(9)}


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-15 04:30", "2026-01-15 08:00"),  # 05:30 there -> 09:00
        ("2026-01-15 20:00", "2026-01-16 08:00"),  # 21:00 sharp is quiet
        ("2026-01-15 19:59", None),
        ("2026-01-15 08:00", None),  # 09:00 sharp is not
        ("2026-07-15 03:30", "2026-07-15 07:00"),
        # Clocks are turned in the night: it is an hour shorter, or longer.
        ("2026-03-28 20:00", "2026-03-29 07:00"),
        ("2026-10-24 19:00", "2026-10-25 08:00"),
    ],
)
def test_the_night_ends_at_nine_on_the_customers_clock(now, until):
    assert quiet_until(at(now), zone=STOCKHOLM, **NIGHT) == (at(until) if until else None)


def test_quiet_hours_may_lie_within_a_day():
    lunch = {"begins": time(12), "ends": time(13), "zone": STOCKHOLM}
    assert quiet_until(at("2026-01-15 11:59"), **lunch) == at("2026-01-15 12:00")
    assert quiet_until(at("2026-01-15 12:00"), **lunch) is None


def test_an_end_that_comes_twice_or_never_makes_the_quiet_longer():
    # 02:30 comes twice on 25 October: at 00:30 and 01:30 UTC; on 29 March it is passed over.
    autumn, spring = datetime(2026, 10, 25).date(), datetime(2026, 3, 29).date()
    half_past_two = time(2, 30)
    assert first_instant(autumn, half_past_two, STOCKHOLM) == at("2026-10-25 00:30")
    assert last_instant(autumn, half_past_two, STOCKHOLM) == at("2026-10-25 01:30")
    assert first_instant(spring, half_past_two, STOCKHOLM) == at("2026-03-29 00:30")
    assert last_instant(spring, half_past_two, STOCKHOLM) == at("2026-03-29 01:30")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
)
def test_what_the_clock_on_the_wall_calls_night_is_quiet_and_day_is_not(now, name):
    zone = ZoneInfo(name)
    shown = now.astimezone(zone).time()
    is_night = shown >= time(21) or shown < time(9)
    # Clocks are turned at night, so neither 21:00 nor 09:00 comes twice in these zones.
    until = quiet_until(now, zone=zone, **NIGHT)
    assert (until is not None) is is_night
    if until is not None:
        assert now < until <= now + timedelta(hours=13)
        assert until.astimezone(zone).time() == time(9)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.times(),
    st.times(),
    st.sampled_from(ZONES),
)
def test_whatever_the_hours_nothing_is_quiet_when_they_end_unless_others_begin(
    now, begins, ends, name
):
    begins, ends = (each.replace(second=0, microsecond=0) for each in (begins, ends))
    zone = ZoneInfo(name)
    if abs(ends.hour - begins.hour) < 2:
        return
    until = quiet_until(now, begins=begins, ends=ends, zone=zone)
    if until is not None:
        assert until > now
        assert quiet_until(until, begins=begins, ends=ends, zone=zone) is None


def test_ninety_days_are_days_of_the_calendar():
    asked = at("2026-01-01 22:59")  # still 1 January there
    assert day_after(asked, 90, STOCKHOLM) == at("2026-03-31 22:00")  # 1 April, summer time
    assert day_after(at("2026-01-01 23:00"), 90, STOCKHOLM) == at("2026-04-01 22:00")
