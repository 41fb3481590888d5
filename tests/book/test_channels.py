from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from regulars.book.models import EventCount
from regulars.book.models.contact import ContactKind, Direction
from regulars.book.queries.channels import habits_of
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.joining import join_customers
from regulars.company.queries.company import the_company
from regulars.measure.habit import Preference
from tests.book.shop import bought
from tests.support.cast import customer, told

pytestmark = pytest.mark.django_db


def local(day, hour, minute=30):
    """So many days ago, at an hour of the company."""
    zone = ZoneInfo(the_company().time_zone)
    then = timezone.now().astimezone(zone) - timedelta(days=day)
    return then.replace(hour=hour, minute=minute, second=0, microsecond=0)


def ordered(who, days, hour, channel, minute=30):
    for day in days:
        key = f"{who.pk}:{channel}:{day}:{hour}"
        bought(key=key, customer=who, channel=channel, placed_at=local(day, hour, minute))


def called(who, day, hour, direction=Direction.IN, channel=""):
    met = Met(ContactKind.CALL, local(day, hour), direction, channel=channel)
    note_contact(who, met, **told())


@pytest.fixture
def everybody():
    """Others come evenly at all hours of the day."""
    EventCount.objects.bulk_create(
        EventCount(began_at=local(3, hour), kind="order.placed", n=50) for hour in range(24)
    )


def habits(who):
    return habits_of([who.pk])[who.pk]


def test_channel_and_hours_come_from_orders_and_from_contacts_the_customer_began(everybody):
    ana = customer()
    ordered(ana, range(1, 8), 19, "web")
    ordered(ana, [7], 11, "shop")
    called(ana, 8, 20)
    called(ana, 9, 20, channel="web")
    called(ana, 9, 9, Direction.OUT)  # we called
    found = habits(ana)
    assert found.channel == Preference("web", 10, 8)  # seven orders and a call over the web
    assert (found.hours.from_hour, found.hours.n, found.hours.n_within) == (19, 10, 9)
    assert found.hours.expected_share == 0.125


def test_little_tells_nothing_and_says_how_little(everybody):
    ana, bo = customer(), customer("Bo")
    ordered(ana, range(1, 4), 19, "web")
    assert habits(ana).channel == Preference(None, 3, 3)
    assert (habits(bo).channel, habits(bo).hours.n) == (Preference(None, 0, 0), 0)


def test_a_day_without_a_time_and_an_act_without_a_channel_count_for_the_other_alone(everybody):
    ana = customer()
    ordered(ana, range(1, 7), 0, "shop", minute=0)
    ordered(ana, range(1, 4), 15, "")
    found = habits(ana)
    assert found.channel == Preference("shop", 6, 6)
    assert found.hours.n == 3


def test_what_is_older_than_two_years_does_not_count(everybody):
    ana = customer()
    ordered(ana, range(731, 740), 19, "web")
    assert habits(ana).channel.n == 0


def test_records_of_one_customer_count_together(everybody):
    ana, anna = customer(), customer("Anna")
    ordered(ana, range(1, 4), 19, "web")
    ordered(anna, range(4, 7), 19, "web")
    join_customers(ana, anna, **told())
    assert habits(anna).channel == habits(ana).channel == Preference("web", 6, 6)


def test_the_number_of_statements_does_not_grow(everybody, django_assert_num_queries):
    many = [customer(f"Customer {nth}") for nth in range(5)]
    for who in many:
        ordered(who, [1, 2], 10, "web")
    the_company()
    with django_assert_num_queries(5):
        habits_of([who.pk for who in many])
