from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.utils import IntegrityError
from django.utils import timezone

from regulars.book.models import ImportantDay
from regulars.book.models.day import DayKind
from regulars.book.queries.days import days_ahead, days_of
from regulars.book.services.days import NoSuchDay, Yearly, drop_day, note_day
from regulars.book.services.fitting import BadValue
from regulars.book.zone import today
from regulars.company.models import Company
from tests.support.cast import audited, customer, everything, kinds_of, told, works_here

pytestmark = pytest.mark.django_db
BIRTHDAY, ANNIVERSARY, HOLIDAY = DayKind.BIRTHDAY, DayKind.ANNIVERSARY, DayKind.HOLIDAY
LEAPLING = Yearly(BIRTHDAY, 2, 29, 1992)


@pytest.mark.parametrize(
    ("month", "day", "today_on", "comes_on"),
    [
        (5, 17, date(2026, 5, 16), date(2026, 5, 17)),
        (5, 17, date(2026, 5, 17), date(2026, 5, 17)),
        (5, 17, date(2026, 5, 18), date(2027, 5, 17)),
        (1, 1, date(2026, 12, 31), date(2027, 1, 1)),
        (2, 29, date(2027, 2, 28), date(2027, 2, 28)),
        (2, 29, date(2027, 3, 1), date(2028, 2, 29)),
        (2, 29, date(2028, 2, 28), date(2028, 2, 29)),
        (2, 29, date(2028, 2, 29), date(2028, 2, 29)),
        (2, 29, date(2028, 3, 1), date(2029, 2, 28)),
        (2, 29, date(2099, 6, 1), date(2100, 2, 28)),
    ],
)
def test_a_day_comes_next(month, day, today_on, comes_on):
    assert ImportantDay(month=month, day=day).next_on(today_on) == comes_on


@pytest.mark.parametrize("year", [2026, 2027, 2028, 2029])
def test_who_was_born_on_29_february_is_thought_of_once_every_year(year):
    ana = customer()
    note_day(ana, LEAPLING, **told())
    each_day = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    in_year = (on for on in each_day if on.year == year)
    found = [on for on in in_year if days_ahead(within_days=0, on=on)]
    assert found == [date(year, 2, 29 if year == 2028 else 28)]


def test_a_window_finds_each_day_in_it_over_the_turn_of_the_year(django_assert_num_queries):
    ana, bo = customer(), customer("Bo")
    note_day(ana, Yearly(BIRTHDAY, 12, 28, 1980), **told())
    note_day(ana, Yearly(ANNIVERSARY, 1, 6, label="wedding"), **told())
    note_day(bo, Yearly(BIRTHDAY, 12, 26), **told())
    note_day(bo, Yearly(HOLIDAY, 1, 7, label="Christmas"), **told())
    with django_assert_num_queries(1):
        found = days_ahead(within_days=10, on=date(2026, 12, 27))
        said = [(ahead.day.customer.name, ahead.on, ahead.years) for ahead in found]
    assert said == [("Ana", date(2026, 12, 28), 46), ("Ana", date(2027, 1, 6), None)]


def test_a_year_ahead_finds_every_day_once():
    ana = customer()
    for month in range(1, 13):
        note_day(ana, Yearly(ANNIVERSARY, month, 15), **told())
    note_day(ana, LEAPLING, **told())
    for on in (date(2026, 2, 28), date(2026, 3, 15), date(2028, 2, 29)):
        assert len(days_ahead(within_days=365, on=on)) == 13


def test_a_customer_s_days_are_listed_the_next_first(django_assert_num_queries):
    ana = customer()
    note_day(ana, Yearly(BIRTHDAY, 1, 2), **told())
    note_day(ana, Yearly(HOLIDAY, 12, 13, label="Lucia"), **told())
    with django_assert_num_queries(1):
        found = [ahead.on for ahead in days_of(ana, on=date(2026, 11, 21))]
    assert found == [date(2026, 12, 13), date(2027, 1, 2)]


def test_today_is_the_company_s_own(monkeypatch):
    evening = datetime(2026, 2, 28, 17, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: evening)
    Company.objects.update(time_zone="Asia/Shanghai")
    assert today() == date(2026, 3, 1)
    Company.objects.update(time_zone="Europe/Stockholm")
    assert today() == date(2026, 2, 28)


def test_a_birthday_takes_the_place_of_the_one_before_and_other_days_stand_beside_it():
    ana = customer()
    note_day(ana, Yearly(BIRTHDAY, 5, 17), **told())
    note_day(ana, Yearly(BIRTHDAY, 5, 18, 1980), **told())
    for _ in range(2):
        note_day(ana, Yearly(HOLIDAY, 6, 19, label="Midsummer"), **told())
    assert sorted(ana.days.values_list("kind", "month", "day", "year")) == [
        ("birthday", 5, 18, 1980),
        ("holiday", 6, 19, None),
    ]


def test_told_twice_it_is_one_and_a_dropped_day_does_not_come_back():
    ana, cy, noting, dropping = customer(), works_here("Cy"), told(), told()
    day = note_day(ana, LEAPLING, **noting)
    assert note_day(ana, LEAPLING, **noting) == day
    for _ in range(2):
        drop_day(day, **(dropping | {"by": cy.pk}))
    assert note_day(ana, LEAPLING, **noting) is None
    assert (kinds_of(ana), audited()) == (["day.noted", "day.dropped"], [("day.dropped", cy.pk)])


def test_the_event_tells_no_birthday():
    ana = customer()
    note_day(ana, Yearly(BIRTHDAY, 5, 17, 1980, label="of the twins"), **told())
    assert ana.events.get(kind="day.noted").codes == {"kind": "birthday"}


@pytest.mark.parametrize(
    ("date_told", "written"),
    [
        ((0, 1), "00-01"),
        ((13, 1), "13-01"),
        ((4, 31), "04-31"),
        ((2, 30), "02-30"),
        ((1, 0), "01-00"),
        ((2, 29, 2023), "2023-02-29"),
        ((2, 29, 1900), "1900-02-29"),
    ],
)
def test_a_day_the_calendar_has_not_is_refused_and_nothing_is_noted(date_told, written):
    ana = customer()
    before = everything()
    with pytest.raises(NoSuchDay, match=f"no day {written}"):
        note_day(ana, Yearly(BIRTHDAY, *date_told), **told())
    assert everything() == before


def test_a_label_that_is_too_long_and_a_year_beyond_our_time_are_refused():
    ana = customer()
    before = everything()
    for yearly in (Yearly(HOLIDAY, 1, 1, label="x" * 81), Yearly(BIRTHDAY, 1, 1, 98)):
        with pytest.raises(BadValue):
            note_day(ana, yearly, **told())
    assert everything() == before


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({"day": 18}, "day_of_birth_is_one"),
        ({"kind": "name day"}, "day_kind_is_known"),
        ({"kind": "holiday", "month": 4, "day": 31}, "day_is_a_day_of_its_month"),
        ({"kind": "holiday", "month": 2, "day": 30}, "day_is_a_day_of_its_month"),
        ({"kind": "holiday", "month": 13}, "day_is_a_day_of_its_month"),
        ({"kind": "holiday", "day": 0}, "day_is_a_day_of_its_month"),
        ({"kind": "holiday", "year": 98}, "day_began_in_a_year_of_our_time"),
        ({"kind": "anniversary", "label": "shop"}, "day_is_noted_once"),
    ],
)
def test_the_database_itself_refuses(values, law):
    ana = customer()
    said = {"customer": ana, "kind": "birthday", "month": 5, "day": 17}
    ImportantDay.objects.create(**said)
    ImportantDay.objects.create(**(said | {"kind": "anniversary", "label": "shop"}))
    with pytest.raises(IntegrityError, match=law):
        ImportantDay.objects.create(**(said | values))
