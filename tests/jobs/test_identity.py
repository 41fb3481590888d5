import os

import pytest

from regulars.book.known import Known
from regulars.book.models import JoinSuggestion, SearchEntry
from regulars.book.models.customer import IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.services.customers import take_down_customer
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.epochs import ensure_epoch
from regulars.jobs.identity import MOST_COMPARED
from regulars.jobs.readers import take_turn
from regulars.jobs.subscriptions import SUBSCRIPTIONS
from regulars.jobs.tasks import joins
from tests.support.cast import told

pytestmark = pytest.mark.usefixtures("committed")
(IDENTITY,) = [each for each in SUBSCRIPTIONS if each.name == "identity"]


def test_who_comes_into_the_book_is_found_and_compared_by_the_reader(committed):
    ensure_epoch()
    for email in ("teapot@example.org", "teapot@example.com"):
        known = [Known(IdentityKind.EMAIL, email)]
        ana = take_down_customer(name="Ana Berg", known_by=known, **told())
        note_day(ana, Yearly(DayKind.BIRTHDAY, 5, 1, 1990), **told())
    SearchEntry.objects.all().delete()  # as those who come in by the thousand
    take_turn(IDENTITY)
    assert SearchEntry.objects.count() == 2
    assert [each.state for each in JoinSuggestion.objects.all()] == ["open"]
    JoinSuggestion.objects.all().delete()
    joins(0)
    assert JoinSuggestion.objects.count() == 1


def test_who_comes_by_the_thousand_is_found_at_once_and_compared_by_night(committed):
    ensure_epoch()
    for nth in range(MOST_COMPARED + 1):
        first = f"Ana{nth}" if nth else "Ana1"  # the first two have one name
        known = [Known(IdentityKind.EMAIL, f"{'teapot' * (nth < 2)}{nth // 2}@{nth}.example.org")]
        take_down_customer(name=f"{first} Berg", known_by=known, **told())
    SearchEntry.objects.all().delete()
    take_turn(IDENTITY)
    assert (SearchEntry.objects.count(), JoinSuggestion.objects.count()) == (MOST_COMPARED + 1, 0)
    joins(0)
    assert [each.first.name for each in JoinSuggestion.objects.all()] == ["Ana1 Berg"]


def test_an_empty_book_teaches_nothing_and_leaves_no_folder(committed, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "regulars-links-killed"
    left.mkdir()
    os.utime(left, (0, 0))
    joins(0)
    assert (JoinSuggestion.objects.count(), list(tmp_path.iterdir())) == (0, [])
