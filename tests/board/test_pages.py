import re

import pytest
from django.test import Client

from regulars.book.services.customers import take_down_customer
from regulars.company.models import Staff
from regulars.company.rights import Role
from regulars.company.services.staff import invite, invite_first_owner

pytestmark = pytest.mark.django_db
PASSWORD = "tea and coffee 42"


@pytest.fixture
def somebody():
    def make(role):
        made = Staff(name="Cy", email="cy@example.org", role=role)
        made.set_password(PASSWORD)
        made.save()
        return made

    return make


def test_a_stranger_is_led_to_the_door_and_back(client, somebody):
    somebody(Role.AGENT)
    there = client.get("/")
    assert (there.status_code, there["Location"]) == (302, "/sign-in?next=/")
    back = client.post(
        "/sign-in?next=/", {"login": "CY@example.org", "password": PASSWORD, "next": "/"}
    )
    assert (back.status_code, back["Location"]) == (302, "/")


def test_a_wrong_password_says_no_more_than_that_they_do_not_belong_together(client, somebody):
    somebody(Role.AGENT)
    for told in ({"login": "cy@example.org"}, {"login": "nobody@example.org"}):
        page = client.post("/sign-in", told | {"password": "wrong wrong wrong"})
        assert "E-mail and password do not belong together. Try again." in page.content.decode()
        assert told["login"] in page.content.decode()
    assert client.get("/").status_code == 302


def test_the_door_leads_to_no_other_house(client, somebody):
    somebody(Role.AGENT)
    told = {"login": "cy@example.org", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/sign-in", told)["Location"] == "/"


def test_a_role_without_figures_begins_on_the_same_page_without_them(client, somebody):
    client.force_login(somebody(Role.HANDLER))
    page = client.get("/")
    assert page.status_code == 200
    assert "The house is up" in page.content.decode()
    for figure in ("in the book", "What came in today"):
        assert figure not in page.content.decode()


def test_a_role_without_settings_is_told_who_may_see_them(client, somebody):
    client.force_login(somebody(Role.HANDLER))
    page = client.get("/settings")
    assert page.status_code == 403
    assert "Ask somebody who is: owner" in page.content.decode()


def test_the_first_page_counts_the_customers_in_the_book(client, somebody):
    client.force_login(somebody(Role.AGENT))
    assert "There are no customers in the book yet." in client.get("/").content.decode()
    for name in ("Ana", "Bo"):
        take_down_customer(name=name, source="desk", source_key=name, by=None)
    assert "There are 2 customers in the book." in client.get("/").content.decode()


def test_signing_out_needs_a_post(client, somebody):
    client.force_login(somebody(Role.AGENT))
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").status_code == 200
    client.post("/sign-out")
    assert client.get("/").status_code == 302


def test_a_form_from_another_site_is_refused(somebody):
    somebody(Role.AGENT)
    strict = Client(enforce_csrf_checks=True)
    told = {"login": "cy@example.org", "password": PASSWORD}
    assert strict.post("/sign-in", told).status_code == 403


def test_somebody_new_is_signed_in_at_once(client):
    path = f"/welcome/{invite_first_owner()}"
    told = {"name": "Dee", "email": "dee@example.org", "password": PASSWORD}
    assert client.post(path, told)["Location"] == "/"
    assert "Dee" in client.get("/").content.decode()


def test_a_weak_password_comes_back_with_the_form_filled_and_nobody_has_joined(client):
    path = f"/welcome/{invite(Role.AGENT, by=None)}"
    page = client.post(path, {"name": "Cy", "email": "cy@example.org", "password": "short"})
    assert page.status_code == 422
    assert 'value="cy@example.org"' in page.content.decode()
    assert "short" not in page.content.decode().replace("too short", "")
    assert Staff.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_made_up_link_is_gone(client, method):
    assert getattr(client, method)("/welcome/guessed").status_code == 410


def test_health_says_that_no_worker_runs(client):
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "database": True, "jobs": False}


@pytest.mark.parametrize("path", ["/sign-in", "/health", "/welcome/x", "/nowhere"])
def test_every_answer_carries_the_strict_policy(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert client.get(path).headers["X-Frame-Options"] == "DENY"


def test_the_style_sheet_may_be_kept_for_good_and_its_address_changes_with_it(client):
    address = re.search(r'href="(/look/\w+\.css)"', client.get("/sign-in").content.decode())[1]
    sheet = client.get(address)
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet["Cache-Control"]
    assert ".field__input" in sheet.content.decode()


def test_no_page_holds_inline_style_or_script(client, somebody):
    signed_in = Client()
    signed_in.force_login(somebody(Role.OWNER))
    for page in (client.get("/sign-in"), signed_in.get("/")):
        text = page.content.decode()
        assert "style=" not in text
        scripts = re.findall(r"<script([^>]*)>([^<]*)</script>", text)
        assert [told for told, inside in scripts if inside or ' src="/' not in told] == []
        assert re.findall(r" on[a-z]+=", text) == []
        assert "<style" not in text
