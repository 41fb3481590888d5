"""One round of measuring over a book that holds the example company."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.analysis.taking import take_readings
from regulars.analysis.when import is_due
from regulars.book.models import Customer, Event, FileImport, Order, Return
from regulars.intake.history import ReadOptions
from regulars.kit.errors import NothingToMeasure
from regulars.measure.regulars import Definition
from regulars.readings.models import PagePart, Reading, Standing, Taking
from regulars.readings.queries.takings import (
    history_of,
    last_taking,
    last_try,
    page_parts,
    readings_of,
    standing_of,
)
from regulars.readings.services.regular_rules import NotARule, set_regular_rule
from regulars.readings.services.takings import taking_under_way
from regulars.report.asked import Asked
from regulars.report.run import write_report
from tests.support.cast import works_here
from tests.support.measured import bring_in, write_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return write_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def book(shop):
    bring_in(shop)
    return shop


def test_an_empty_book_has_nothing_to_measure_and_the_round_says_why():
    with pytest.raises(NothingToMeasure) as refused:
        take_readings()
    assert refused.value.code == "no_orders"
    (taking,) = Taking.objects.all()
    assert (taking.state, taking.why_not) == ("failed", "There is no order in the book yet.")
    assert (last_taking(), Reading.objects.count()) == (None, 0)
    assert not is_due(timezone.now())


def test_orders_in_another_currency_alone_are_told_with_the_mend(book):
    Order.objects.update(currency="GBP")
    Return.objects.update(currency="GBP")
    with pytest.raises(NothingToMeasure) as refused:
        take_readings()
    assert refused.value.code == "other_currencies"


def test_the_figures_of_the_book_are_those_of_a_report_on_the_same_files(book, tmp_path):
    assert is_due(timezone.now())
    taking = take_readings()
    assert not is_due(timezone.now())
    stored = readings_of(taking)
    facts = write_report(
        [book / "files" / "orders.csv"],
        tmp_path / "report",
        options=ReadOptions(as_of=taking.as_of),
        asked=Asked(),
    ).facts
    assert stored["customers"].value == facts.customers
    assert stored["net_revenue"].value == facts.net_revenue_minor
    share = facts.regulars.share
    told = stored["regulars_share"]
    assert (told.value, told.low, told.high, told.n) == (
        share.value,
        share.low,
        share.high,
        share.n,
    )
    assert stored["slipping_customers"].value == facts.slipping.n
    assert Standing.objects.filter(taking=taking).count() == facts.customers
    counted = Counter(Standing.objects.values_list("activity", flat=True))
    assert counted["active"] + counted["regained"] == facts.activity["active"]
    assert (counted["lapsing"], counted["lost"]) == (
        facts.activity["lapsing"],
        facts.activity["lost"],
    )
    assert set(page_parts(taking, "sv")) >= {"lead", "share", "stages", "expected"}
    assert "slipping" not in page_parts(taking, "en")


def test_a_standing_says_what_the_orders_say(book):
    taking = take_readings()
    for customer in Customer.objects.filter(orders__isnull=False).distinct()[:25]:
        standing = standing_of(customer.pk)
        placed = customer.orders.filter(status="placed").order_by("placed_at")
        days = {
            order.placed_at.date() for order in placed if order.placed_at.date() <= taking.as_of
        }
        if standing is None:
            assert days == set()
            continue
        assert standing.n_days == len(days)
        assert (standing.first_on, standing.last_on) == (min(days), max(days))
        assert standing.stage == ("repeat" if len(days) > 1 else "first_time")


def test_no_part_of_a_page_holds_a_name(book):
    take_readings()
    names = set(Customer.objects.exclude(name="").values_list("name", flat=True))
    shown = " ".join(PagePart.objects.values_list("html", flat=True))
    assert len(names) > 100
    assert [name for name in names if name in shown] == []


def test_a_second_round_takes_the_place_of_the_first_and_its_readings_stay(book):
    first, second = take_readings(), take_readings()
    assert last_taking() == second
    assert set(Standing.objects.values_list("taking", flat=True)) == {second.pk}
    assert set(PagePart.objects.values_list("taking", flat=True)) == {second.pk}
    before = history_of("regulars_share")
    assert [reading.taking for reading in before] == [second, first]
    assert before[0].value == before[1].value
    assert not Event.objects.filter(kind="standing.changed").exists()


def test_who_moved_since_the_round_before_is_told_in_the_timeline_once(book):
    first = take_readings()
    moved = first.standings.filter(activity="lost").first()
    Standing.objects.filter(pk=moved.pk).update(activity="lapsing")
    take_readings()
    (event,) = Event.objects.filter(kind="standing.changed")
    assert (event.customer_id, event.codes) == (
        moved.customer_id,
        {"was": "lapsing", "is": "lost"},
    )


def test_what_a_killed_round_left_is_cleared_away_and_never_shown(book):
    shown = take_readings()
    left = Taking.objects.create()
    Standing.objects.create(
        taking=left,
        customer_id=shown.standings.first().customer_id,
        stage="repeat",
        is_regular=True,
        first_on=shown.first_on,
        last_on=shown.as_of,
        n_days=2,
        net_minor=1,
        year_net_minor=1,
    )
    assert last_taking() == shown
    again = take_readings()
    left.refresh_from_db()
    assert (left.state, left.why_not) == ("failed", "It was interrupted.")
    assert set(Standing.objects.values_list("taking", flat=True)) == {again.pk}


def test_a_round_that_fails_leaves_what_was_shown(book):
    shown = take_readings()
    n_standings = shown.standings.count()
    with pytest.raises(ZeroDivisionError):
        _broken_round()
    assert last_try().why_not == "It was interrupted."
    assert (last_taking(), shown.standings.count()) == (shown, n_standings)


def _broken_round():
    with taking_under_way() as taking:
        assert last_try() == taking
        taking.n_lines = 1 / 0


def test_a_rule_of_the_companys_own_counts_from_the_next_round(book):
    dee = works_here("Dee")
    usual = readings_of(take_readings())["regulars"].value
    set_regular_rule(definition=Definition(2, 180, 365), horizon_days=60, by=dee.pk)
    taking = take_readings()
    assert (taking.rule, taking.horizon_days) == ("2/180d/365d", 60)
    assert readings_of(taking)["regulars"].value > usual
    with pytest.raises(NotARule):
        set_regular_rule(definition=Definition(2, 180, 4000), horizon_days=60, by=dee.pk)


def test_it_is_time_after_a_night_and_after_an_import_of_orders(book):
    taking = take_readings()
    now = timezone.now()
    assert not is_due(now)
    assert is_due(now + timedelta(days=1, hours=3))
    FileImport.objects.filter(kind="orders").update(ended_at=taking.began_at + timedelta(minutes=1))
    assert is_due(now)
