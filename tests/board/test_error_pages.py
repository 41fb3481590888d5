import pytest
from django.db import OperationalError
from django.test import Client

from regulars.board.views import home
from tests.support.house import PASSWORD

pytestmark = pytest.mark.django_db
SAID = {
    "en": "There is nothing at this address.",
    "sv": "Det finns inget på den här adressen.",
    "zh-hans": "这个地址没有内容。",
}


def words(page):
    return page.content.decode()


@pytest.mark.parametrize("lang", SAID)
def test_an_address_of_nothing_is_answered_in_the_look_and_the_reader_s_language(by_dee, lang):
    page = by_dee.get("/nowhere", HTTP_ACCEPT_LANGUAGE=lang)
    assert (page.status_code, SAID[lang] in words(page)) == (404, True)
    assert "/look/" in words(page)


def test_a_form_from_elsewhere_is_told_what_to_do(cy):
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/sign-in", {"login": "cy@example.org", "password": PASSWORD})
    assert page.status_code == 403
    assert "load the page again" in words(page)


def test_a_failure_of_ours_asks_nothing_of_the_database(
    by_dee, monkeypatch, django_assert_num_queries
):
    def away():
        raise OperationalError("the database is away")

    monkeypatch.setattr(home, "n_customers", away)
    by_dee.raise_request_exception = False
    page = by_dee.get("/")
    assert (page.status_code, "Something went wrong here." in words(page)) == (500, True)
    with django_assert_num_queries(0):
        from regulars.board.views.errors import our_fault

        assert our_fault(None).status_code == 500


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "soon"])
def test_a_day_beyond_any_calendar_is_refused(by_dee, day):
    for query in ("since", "until"):
        assert by_dee.get("/audit", {query: day}).status_code == 422
    told = {"name": "Shop", "scopes": ["orders:read"], "expires_on": day}
    assert by_dee.post("/settings/keys", told).status_code == 422
