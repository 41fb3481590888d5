import pytest

from regulars.book.known import Known
from regulars.book.models import JoinSuggestion, SearchEntry
from regulars.book.models.customer import IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.services.customers import take_down_customer
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.epochs import ensure_epoch
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
