import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from regulars.company.models import AuditEntry
from regulars.company.services.tries import PER_CODE
from tests.support.house import PASSWORD

pytestmark = pytest.mark.django_db
# RFC 6238, appendix B: the key "12345678901234567890" at given seconds, six digits of its eight.
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}


def words(page):
    return page.content.decode()


NOW = 58_000_000  # so many half minutes since 1970


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch):
    """A code made in a test is still the code when it arrives."""
    clock = "allauth.mfa.totp.internal.auth.yield_hotp_counters_from_time"
    monkeypatch.setattr(clock, lambda: iter([NOW]))


def code_of(secret, steps=0):
    return format_hotp_value(hotp_value(secret, NOW + steps))


def sign_in(client, password=PASSWORD):
    return client.post("/sign-in", {"login": "cy@example.org", "password": password})


@pytest.fixture
def turned_on(client, cy):
    """Cy's second factor: its secret, and the recovery codes as they were shown."""
    sign_in(client)
    asked = client.get("/second-factor/on")
    assert asked["Location"] == "/sign-in/again?next=%2Fsecond-factor%2Fon"
    back = client.post(asked["Location"], {"password": PASSWORD, "next": "/second-factor/on"})
    page = words(client.get(back["Location"]))
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    shown = client.post("/second-factor/on", {"code": code_of(secret)}, follow=True)
    return secret, re.findall(r'class="secret">(\d{8})<', words(shown))


@pytest.mark.parametrize("seconds", list(RFC_CODES))
def test_codes_are_those_of_the_standard(seconds):
    assert format_hotp_value(hotp_value(RFC_KEY, seconds // 30)) == RFC_CODES[seconds]


def test_it_is_turned_on_by_showing_the_first_code_and_that_is_noted(turned_on, cy):
    _, codes = turned_on
    assert len(set(codes)) == 10
    assert AuditEntry.objects.filter(action="staff.second_factor_on", staff_id=cy.pk).count() == 1


def test_a_wrong_first_code_turns_nothing_on(client, cy):
    sign_in(client)
    client.post("/sign-in/again?next=/second-factor/on", {"password": PASSWORD})
    client.get("/second-factor/on")
    page = client.post("/second-factor/on", {"code": "000000x"})
    assert page.status_code == 422
    assert not Authenticator.objects.exists()


def test_the_password_alone_opens_nothing_any_more(turned_on):
    client = Client()
    assert sign_in(client)["Location"] == "/sign-in/code"
    assert client.get("/")["Location"] == "/sign-in?next=/"
    assert client.get("/second-factor")["Location"] == "/sign-in?next=/second-factor"


def test_password_and_code_open(turned_on):
    client = Client()
    sign_in(client)
    assert "Now the code from your app." in words(client.get("/sign-in/code"))
    assert client.post("/sign-in/code", {"code": code_of(turned_on[0])})["Location"] == "/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_code_of_another_half_minute_opens_nothing(turned_on, steps):
    client = Client()
    sign_in(client)
    page = client.post("/sign-in/code", {"code": code_of(turned_on[0], steps)})
    assert page.status_code == 422
    assert "This code is not right" in words(page)


def test_a_code_works_once(turned_on):
    code = code_of(turned_on[0])
    for status in (302, 422):
        client = Client()
        sign_in(client)
        assert client.post("/sign-in/code", {"code": code}).status_code == status


def test_a_recovery_code_works_once(turned_on):
    for status in (302, 422):
        client = Client()
        sign_in(client)
        assert client.post("/sign-in/code", {"code": turned_on[1][0]}).status_code == status


def test_after_too_many_wrong_codes_the_right_one_waits_too(turned_on):
    client = Client()
    sign_in(client)
    for _ in range(PER_CODE.most):
        assert client.post("/sign-in/code", {"code": "12345"}).status_code == 422
    page = client.post("/sign-in/code", {"code": code_of(turned_on[0])})
    assert page.status_code == 429
    assert "Try again in 15 min." in words(page)
    again = Client()
    sign_in(again)
    assert again.post("/sign-in/code", {"code": turned_on[1][0]}).status_code == 429
    assert again.get("/").status_code == 302


def test_the_code_s_page_is_for_whoever_gave_their_password(client):
    assert client.get("/sign-in/code")["Location"] == "/sign-in"


def test_codes_are_shown_once(turned_on, client):
    page = words(client.get("/second-factor/codes"))
    assert "These codes were shown before." in page
    assert turned_on[1][0] not in page


def test_new_codes_make_the_old_ones_void(turned_on, client):
    shown = words(client.post("/second-factor/codes/new", follow=True))
    new = re.findall(r'class="secret">(\d{8})<', shown)
    assert len(new) == 10
    assert not set(new) & set(turned_on[1])
    assert AuditEntry.objects.filter(action="staff.recovery_codes_made").count() == 1


def test_turned_off_the_password_is_enough_and_that_is_noted(turned_on, client):
    assert client.post("/second-factor/off")["Location"] == "/second-factor"
    assert not Authenticator.objects.exists()
    assert sign_in(Client())["Location"] == "/"
    assert AuditEntry.objects.filter(action="staff.second_factor_off").count() == 1


def test_the_way_in_is_changed_only_by_whoever_gives_the_password_again(turned_on):
    client = Client()
    sign_in(client)
    client.post("/sign-in/code", {"code": turned_on[1][0]})
    for path in ("/second-factor/off", "/second-factor/codes/new"):
        assert client.post(path)["Location"].startswith("/sign-in/again")
    page = client.post("/sign-in/again", {"password": "wrong wrong wrong"})
    assert "This is not your password." in words(page)
    assert Authenticator.objects.count() == 2


def test_the_picture_of_the_secret_is_there_only_while_it_is_asked_for(client, cy):
    sign_in(client)
    assert client.get("/second-factor/qr.svg").status_code == 404
    client.post("/sign-in/again?next=/second-factor/on", {"password": PASSWORD})
    client.get("/second-factor/on")
    picture = client.get("/second-factor/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert b"<path" in picture.content


def test_the_first_page_reminds_whoever_has_none(client, cy):
    sign_in(client)
    assert "Turn on a second factor" in words(client.get("/"))


def test_and_nobody_else(turned_on, client):
    assert "Turn on a second factor" not in words(client.get("/"))
