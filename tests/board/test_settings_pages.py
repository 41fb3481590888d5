import re
from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.company.models import ApiKey, AuditEntry, Branch, Channel, Company
from regulars.company.queries.keys import KeyRefused, key_that
from regulars.company.scopes import Scope
from regulars.company.services.places import add_branch

pytestmark = pytest.mark.django_db
COMPANY = {
    "name": "Lindqvist Te & Kaffe",
    "time_zone": "Europe/Stockholm",
    "currency": "SEK",
    "languages": ["en", "sv"],
    "first_language": "sv",
}
PAGES = [f"/settings{more}" for more in ("", "/branches", "/departments", "/channels", "/keys")]


def words(page):
    return page.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_settings_are_for_owners(client, cy, path):
    assert client.get(path)["Location"] == f"/sign-in?next={path}"
    client.force_login(cy)
    for page in (client.get(path), client.post(path, {"code": "x", "name": "x"})):
        assert page.status_code == 403
        assert "Ask somebody who is: owner." in words(page)
    assert (Branch.objects.count(), ApiKey.objects.count(), Company.objects.get().name) == (
        0,
        0,
        "",
    )


def test_a_new_owner_says_who_the_company_is_and_every_page_bears_its_name(by_dee):
    assert "Say who the company is" in words(by_dee.get("/"))
    assert by_dee.post("/settings", COMPANY)["Location"] == "/settings"
    page = words(by_dee.get("/"))
    assert "Lindqvist Te &amp; Kaffe" in page
    assert "Say who the company is" not in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"time_zone": "Stockholm"}, "Write it as a continent and a city"),
        ({"currency": "kro"[:2]}, "Write its three letters"),
        ({"first_language": "zh-hans"}, "Offer it too, or choose another."),
        ({"name": ""}, "This field is required."),
        ({"name": "\u200b"}, "signs that cannot be seen"),
        ({"time_zone": "Factory"}, "Write it as a continent and a city"),
        ({"currency": "XXX"}, "Write its three letters"),
    ],
)
def test_a_refused_company_comes_back_filled_and_nothing_changed(by_dee, wrong, said):
    page = by_dee.post("/settings", COMPANY | wrong)
    assert page.status_code == 422
    assert said in words(page)
    assert 'aria-invalid="true"' in words(page)
    assert (Company.objects.get().name, AuditEntry.objects.count()) == ("", 0)


@pytest.mark.parametrize(
    ("kind", "more"),
    [("branches", {"time_zone": ""}), ("departments", {}), ("channels", {"kind": "shop"})],
)
def test_each_kind_is_added_changed_closed_and_opened_again(by_dee, kind, more):
    path = f"/settings/{kind}"
    assert by_dee.post(path, {"code": "stall", "name": "Stall"} | more)["Location"] == path
    again = by_dee.post(path, {"code": "stall", "name": "Stall"} | more)
    assert again.status_code == 422
    assert "The code stall is taken already." in words(again)
    assert by_dee.post(f"{path}/stall", {"name": "Market stall"} | more)["Location"] == path
    assert "Market stall" in words(by_dee.get(path))
    assert by_dee.post(f"{path}/stall/close")["Location"] == path
    assert "Open again" in words(by_dee.get(path))
    assert by_dee.post(f"{path}/stall/reopen")["Location"] == path
    assert "Open again" not in words(by_dee.get(path))


def test_what_is_not_there_is_said(by_dee):
    assert by_dee.get("/settings/branches/nowhere").status_code == 404
    assert by_dee.post("/settings/branches/nowhere/close").status_code == 404
    assert by_dee.get("/settings/planets").status_code == 404
    assert by_dee.get("/settings/branches/nowhere/close").status_code == 405


def test_an_agent_closes_nothing(client, dee, cy):
    add_branch(code="harbour", name="Harbour", by=dee)
    client.force_login(cy)
    assert client.post("/settings/branches/harbour/close").status_code == 403
    assert Branch.objects.get().closed_at is None


def test_a_channel_s_name_is_said_in_the_reader_s_language_until_it_is_changed(by_dee):
    def name():
        page = words(by_dee.get("/settings/channels", HTTP_ACCEPT_LANGUAGE="sv"))
        return re.search(r'/settings/channels/shop"><bdi>(.*?)</bdi>', page)[1]

    assert name() == "Butik"
    by_dee.post("/settings/channels/shop", {"name": "Shop & café"})
    assert (name(), Channel.objects.get(code="shop").kind) == ("Shop &amp; café", "shop")


def test_a_key_is_shown_once_and_opens_what_was_ticked(by_dee):
    told = {"name": "Web shop", "scopes": ["orders:read", "orders:write"], "expires_on": ""}
    token = re.search(r"reg_\w{8}_[\w-]{43}", words(by_dee.post("/settings/keys", told)))[0]
    assert key_that(token, scope=Scope.WRITE_ORDERS).name == "Web shop"
    assert token not in words(by_dee.get("/settings/keys"))
    by_dee.post(f"/settings/keys/{ApiKey.objects.get().pk}/revoke")
    with pytest.raises(KeyRefused):
        key_that(token, scope=Scope.WRITE_ORDERS)
    page = words(by_dee.get("/settings/keys"))
    assert "No program holds a key." in page
    assert "Revoked " in page


def test_a_key_s_last_day_ends_where_the_company_is(by_dee):
    by_dee.post("/settings", COMPANY)
    told = {"name": "Web shop", "scopes": ["orders:read"], "expires_on": "2030-06-30"}
    by_dee.post("/settings/keys", told)
    assert ApiKey.objects.get().expires_at.isoformat() == "2030-06-30T22:00:00+00:00"


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": []}, {"scopes": ["everything"]}, {"name": ""}, {"expires_on": "2020-01-01"}],
)
def test_a_refused_key_is_not_made(by_dee, wrong):
    told = {"name": "Web shop", "scopes": ["orders:read"], "expires_on": ""}
    assert by_dee.post("/settings/keys", told | wrong).status_code == 422
    assert ApiKey.objects.count() == 0


def test_an_expired_key_is_not_counted(by_dee):
    by_dee.post("/settings/keys", {"name": "Old", "scopes": ["orders:read"]})
    past = timezone.now() - timedelta(days=1)
    ApiKey.objects.update(made_at=past - timedelta(days=1), expires_at=past)
    page = words(by_dee.get("/settings/keys"))
    assert "No program holds a key." in page
    assert "Expired " in page
