import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.book.models import Reader
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.events import record_event
from regulars.book.services.promises import keep_promise
from regulars.book.services.reading import note_failure, read_events
from regulars.cli.doctor import _look_at_work
from regulars.kit.texts import say
from tests.support.cast import customer, told
from tests.support.house import CLEAN, COMMAND
from tests.support.promised import promised

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


def test_promises_that_are_past_and_not_recorded_are_told_and_a_trouble_after_a_minute():
    ensure_epoch()
    assert said_of("Every promise") == [("Every promise that was broken is recorded.", False)]
    ana, now = customer(), timezone.now()
    kept = promised(ana, made_at=now - timedelta(days=3), due_at=now - timedelta(days=2))
    keep_promise(kept, **told())
    promised(ana, made_at=now - timedelta(days=1), due_at=now + timedelta(days=1))
    promised(ana, made_at=now - timedelta(days=1), due_at=now - timedelta(seconds=5))
    ((said, is_trouble),) = said_of("Broken promises not recorded yet: 1,")
    assert not is_trouble
    promised(ana, made_at=now - timedelta(days=1), due_at=now - timedelta(hours=1))
    ((said, is_trouble),) = said_of("Broken promises not recorded yet: 2,")
    assert ("the oldest due 36" in said, is_trouble) == (True, True)


def seen_in(folder):
    seen = {path: path.lstat() for path in folder.rglob("*")}
    return {path: (each.st_ino, each.st_mode, each.st_mtime_ns) for path, each in seen.items()}


def test_it_changes_nothing_where_there_is_no_house_and_in_one_that_does_not_run(tmp_path):
    home = tmp_path / "home"
    for here in (home, tmp_path / "named"):
        if here == home:
            (home / "postgres" / "data").mkdir(parents=True)
        before = seen_in(tmp_path)
        for more in ({}, {"DATABASE_URL": "postgresql://nobody@/x?host=/nowhere"}):
            looked = subprocess.run(
                [*COMMAND, "doctor", "--home", str(here)],
                env=CLEAN | more,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (looked.returncode, looked.stderr) == (1, "")
        assert seen_in(tmp_path) == before
