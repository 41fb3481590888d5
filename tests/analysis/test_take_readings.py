"""One round of measuring over a book that holds the example company."""

import json
from collections import Counter
from datetime import date

import pytest

from regulars.analysis.taking import take_readings
from regulars.company.queries.company import the_company
from regulars.intake.history import ReadOptions
from regulars.kit.errors import NothingToMeasure
from regulars.readings.models import Reading, Standing, Taking
from regulars.readings.queries.takings import last_taking, readings_of
from regulars.report.asked import Asked
from regulars.report.run import write_report
from regulars.sample.company import write_company
from tests.support.importing import imported

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    write_company(folder / "files", customers=300, seed=5, as_of=date(2026, 3, 1), days=700)
    return folder


@pytest.fixture
def book(shop):
    company = the_company()
    company.currency = json.loads((shop / "files" / "truth.json").read_text())["currency"]
    company.save(update_fields=["currency"])
    imported(shop, shop / "files" / "orders.csv", source="shop")
    return shop


def test_an_empty_book_has_nothing_to_measure_and_the_round_says_why():
    with pytest.raises(NothingToMeasure) as refused:
        take_readings()
    assert refused.value.code == "no_orders"
    (taking,) = Taking.objects.all()
    assert (taking.state, taking.why_not) == ("failed", "There is no order in the book yet.")
    assert last_taking() is None
    assert Reading.objects.count() == 0


def test_the_figures_of_the_book_are_those_of_a_report_on_the_same_files(book, tmp_path):
    taking = take_readings()
    stored = readings_of(taking)
    written = write_report(
        [book / "files" / "orders.csv"],
        tmp_path / "report",
        options=ReadOptions(as_of=taking.as_of),
        asked=Asked(),
    )
    facts = written.facts
    assert stored["customers"].value == facts.customers
    assert stored["net_revenue"].value == facts.net_revenue_minor
    share = facts.regulars.share
    assert (stored["regulars_share"].value, stored["regulars_share"].low) == (
        share.value,
        share.low,
    )
    assert stored["slipping_customers"].value == facts.slipping.n
    assert Standing.objects.filter(taking=taking).count() == facts.customers
    counted = Counter(Standing.objects.values_list("activity", flat=True))
    told = facts.activity
    assert counted["active"] + counted["regained"] == told["active"]
    assert (counted["lapsing"], counted["lost"]) == (told["lapsing"], told["lost"])
