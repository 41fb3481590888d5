import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import regulars.book
from regulars.board import happenings
from regulars.board.happenings import WORDS, came_in_today
from regulars.book.models import EventCount
from regulars.book.models.contact import ContactKind
from regulars.book.models.interest import InterestOrigin
from regulars.book.services.customers import take_down_customer

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 3, 29, 10, tzinfo=UTC)  # a day of 23 hours there


def words(page):
    return page.content.decode()


def counted(kind, n, *at):
    EventCount.objects.create(kind=kind, n=n, began_at=datetime(*at, tzinfo=UTC))


def test_every_kind_of_event_that_the_book_writes_has_words():
    services = Path(regulars.book.__file__).parent / "services"
    written = set()
    for file in services.glob("*.py"):
        written |= set(re.findall(r"[\"\']([a-z]+\.[a-z]+(?:_[a-z]+)*)[\"\']", file.read_text()))
    written |= {f"interest.{origin}" for origin in InterestOrigin}
    written |= {kind for kind in ContactKind if kind is not ContactKind.EMAIL}
    written |= {"email.received", "email.sent"}
    assert len(written) > 30
    assert {kind for kind in written if kind not in WORDS} == set()


@pytest.mark.django_db
def test_today_begins_and_ends_at_midnight_where_the_company_is():
    counted("order.placed", 1, 2026, 3, 28, 22, 45)
    counted("order.placed", 2, 2026, 3, 28, 23)
    counted("order.placed", 1234, 2026, 3, 29, 21, 45)
    counted("call", 7, 2026, 3, 29, 9, 30)
    counted("order.placed", 8, 2026, 3, 29, 22)
    assert came_in_today(NOON, STOCKHOLM) == [("Orders placed", 1236), ("Calls", 7)]


@pytest.mark.django_db
def test_what_came_in_is_said_on_the_first_page_in_the_reader_s_language(by_dee, monkeypatch):
    today = [("order.placed", 1236), ("promise.kept", 3)]
    monkeypatch.setattr(happenings, "n_events_by_kind", lambda **_: dict(today))
    assert 'Orders placed</th><td class="table__num">1,236<' in words(by_dee.get("/"))
    assert "Lagda beställningar</th>" in words(by_dee.get("/", HTTP_ACCEPT_LANGUAGE="sv"))
    assert "下单</th>" in words(by_dee.get("/", HTTP_ACCEPT_LANGUAGE="zh-hans"))


@pytest.mark.django_db
def test_where_nothing_came_in_it_is_said_what_to_do(client, dee, cy):
    client.force_login(dee)
    assert "Make a key for the program that brings your orders in" in words(client.get("/"))
    client.force_login(cy)
    assert "An owner connects what brings customers and orders in" in words(client.get("/"))
    take_down_customer(name="Ana", source="desk", source_key="1", by=None)
    assert "Nothing has come in since midnight." in words(client.get("/"))
    assert "regulars doctor" in words(client.get("/"))


@pytest.mark.django_db
def test_the_first_page_asks_as_much_of_a_full_book_as_of_an_empty_one(
    by_dee, django_assert_max_num_queries
):
    for n, kind in enumerate(WORDS):
        counted(kind, n + 1, 2026, 3, 29, 9, 30)
    with django_assert_max_num_queries(11):
        by_dee.get("/")


@pytest.mark.django_db
def test_a_watch_that_is_told_no_writes_nothing_into_the_log(client, caplog):
    assert client.get("/health").status_code == 503  # no worker runs here
    assert caplog.records == []
