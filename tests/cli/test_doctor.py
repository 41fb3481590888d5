import pytest
from django.utils import timezone

from regulars.book.models import Reader
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.events import record_event
from regulars.book.services.reading import note_failure, read_events
from regulars.cli.doctor import _look_at_work
from regulars.kit.texts import say

pytestmark = pytest.mark.usefixtures("committed")


def said_of(reader):
    """What is said of one reader, and whether it is to be mended."""
    found = [
        (say(finding.said, "en", **finding.facts), bool(finding.mend))
        for finding in _look_at_work()
    ]
    return [(said, is_trouble) for said, is_trouble in found if said.startswith(reader)]


def write(key):
    at = timezone.now()
    record_event("visit", customer=None, occurred_at=at, source="test", source_key=key)


def test_the_lag_of_a_reader_is_told_and_is_no_trouble_while_it_is_short():
    ensure_epoch()
    write("one")
    read_events("counts", lambda events: None)
    assert said_of("counts") == [("counts has 0 events to read, the oldest 0 s old.", False)]
    write("two")
    assert said_of("counts") == [("counts has 1 events to read, the oldest 0 s old.", False)]


def test_a_reader_that_cannot_go_on_is_a_trouble_with_its_last_error_and_when():
    ensure_epoch()
    write("one")
    note_failure("counts", ValueError("no such product"))
    note_failure("counts", ValueError("no such product"))
    at = Reader.objects.get(name="counts").failed_at
    assert said_of("counts")[0] == (
        f"counts cannot go on, after 2 tries, the last at {at:%Y-%m-%d %H:%M} UTC:"
        " ValueError: no such product",
        True,
    )
