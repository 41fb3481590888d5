import re

import pytest
from django.test import Client
from django.utils import timezone

from regulars.board import signing
from regulars.company.models import AuditEntry, Tries
from regulars.company.services.tries import PER_ACCOUNT_AND_ADDRESS, QUARTER, Limit
from tests.support.house import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def per_address(monkeypatch):
    """A limit low enough to be reached quickly."""
    limit = Limit("address", 6, QUARTER)
    monkeypatch.setattr(signing, "PER_ADDRESS", limit)
    return limit.most


def sign_in(client, email="cy@example.org", password=PASSWORD, **more):
    return client.post("/sign-in", {"login": email, "password": password}, **more)


def words(page):
    return page.content.decode()


def test_signing_in_is_noted(client, cy):
    assert sign_in(client)["Location"] == "/"
    noted = AuditEntry.objects.get()
    assert (noted.action, noted.staff_id) == ("staff.signed_in", cy.pk)


def test_after_too_many_tries_an_account_waits_even_with_the_right_password(client, cy):
    for _ in range(PER_ACCOUNT_AND_ADDRESS.most):
        assert sign_in(client, password="wrong wrong wrong").status_code == 422
    page = sign_in(client)
    assert page.status_code == 429
    assert "There were too many tries. Try again in 15 min." in words(page)
    assert client.get("/").status_code == 302


def test_a_stranger_elsewhere_locks_nobody_out(client, cy):
    for _ in range(PER_ACCOUNT_AND_ADDRESS.most + 1):
        page = sign_in(client, password="wrong wrong wrong", REMOTE_ADDR="192.0.2.7")
    assert page.status_code == 429
    assert sign_in(client, REMOTE_ADDR="192.0.2.8").status_code == 302


@pytest.fixture
def per_account(monkeypatch):
    limit = Limit("account", 6, QUARTER)
    monkeypatch.setattr(signing, "PER_ACCOUNT", limit)
    return limit.most


def test_many_addresses_together_reach_a_limit_that_is_none_where_one_has_signed_in(
    client, cy, per_account
):
    assert sign_in(Client(), REMOTE_ADDR="198.51.100.1").status_code == 302
    for n in range(per_account):
        sign_in(client, password="wrong wrong wrong", REMOTE_ADDR=f"192.0.2.{n}")
    assert sign_in(client, REMOTE_ADDR="192.0.2.99").status_code == 429
    assert sign_in(client, REMOTE_ADDR="198.51.100.1").status_code == 302
    Tries.objects.update(ends_at=timezone.now())
    assert sign_in(Client(), REMOTE_ADDR="192.0.2.99").status_code == 302


def test_one_who_holds_a_whole_ipv6_network_is_counted_as_one(client, cy):
    for n in range(PER_ACCOUNT_AND_ADDRESS.most):
        sign_in(client, password="wrong wrong wrong", REMOTE_ADDR=f"2001:db8::{n}")
    assert sign_in(client, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert sign_in(client, REMOTE_ADDR="2001:db8:0:1::1").status_code == 302


def test_an_account_that_is_not_there_answers_exactly_as_one_that_is(client, cy):
    def answers(email):
        for _ in range(PER_ACCOUNT_AND_ADDRESS.most + 1):
            page = sign_in(client, email=email, password="wrong wrong wrong")
            token = re.compile(r'csrfmiddlewaretoken" value="\w+"')
            yield page.status_code, token.sub("", words(page)).replace(email, "")

    assert list(answers("cy@example.org")) == list(answers("nobody@example.org"))


def test_an_address_that_tries_many_accounts_waits_too_and_others_do_not(client, cy, per_address):
    for n in range(per_address):
        sign_in(client, email=f"guess{n}@example.org", REMOTE_ADDR="192.0.2.7")
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 429
    assert sign_in(client, REMOTE_ADDR="192.0.2.8").status_code == 302


def test_an_address_cannot_buy_new_tries_with_an_account_of_its_own(client, cy, per_address):
    for n in range(per_address):
        sign_in(client, email=f"guess{n}@example.org")
        if n % 2 == 0:
            assert sign_in(Client()).status_code == 302
    assert sign_in(Client()).status_code == 429


def test_the_right_password_makes_an_account_s_tries_forgotten(client, cy):
    most = PER_ACCOUNT_AND_ADDRESS.most
    for _ in range(most - 1):
        sign_in(client, password="wrong wrong wrong")
    assert sign_in(client).status_code == 302
    # Of the address, and of the account from everywhere; 0 is the address it signed in from.
    assert sorted(tries.n for tries in Tries.objects.all()) == [0, most - 1, most - 1]
    assert sign_in(Client(), password="wrong wrong wrong").status_code == 422


@pytest.mark.parametrize(("count", "seen"), [(0, "192.0.2.1"), (1, "198.51.100.2")])
def test_an_address_is_believed_from_a_proxy_only_where_one_is(
    client, cy, settings, per_address, count, seen
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
    told = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.2"}
    for _ in range(per_address):
        sign_in(client, email="nobody@example.org", **told)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert sign_in(client, REMOTE_ADDR=seen).status_code == 429


def test_an_account_that_is_closed_says_so_only_to_whoever_knows_its_password(client, cy):
    cy.is_active = False
    cy.save()
    assert "This account is closed." in words(sign_in(client))
    assert "do not belong together" in words(sign_in(client, password="wrong wrong wrong"))
    assert client.get("/").status_code == 302


def test_whoever_changes_their_password_stays_and_all_others_are_signed_out(client, cy):
    elsewhere = Client()
    for one in (client, elsewhere):
        sign_in(one)
    told = {
        "oldpassword": PASSWORD,
        "password1": "milk and sugar 77",
        "password2": "milk and sugar 77",
    }
    assert client.post("/password", told)["Location"] == "/second-factor"
    assert (client.get("/").status_code, elsewhere.get("/").status_code) == (200, 302)
    assert sign_in(Client(), password="milk and sugar 77").status_code == 302
    assert AuditEntry.objects.filter(action="staff.password_changed", staff_id=cy.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"oldpassword": "wrong wrong wrong"}, "This is not your password."),
        ({"password1": "short", "password2": "short"}, "too short"),
    ],
)
def test_a_refused_new_password_changes_nothing(client, cy, wrong, said):
    sign_in(client)
    new = "milk and sugar 77"
    page = client.post(
        "/password", {"oldpassword": PASSWORD, "password1": new, "password2": new} | wrong
    )
    assert page.status_code == 422
    assert said in words(page)
    cy.refresh_from_db()
    assert cy.check_password(PASSWORD)


def test_nobody_can_sign_up(client):
    for path in ("/signup", "/accounts/signup/", "/password/reset"):
        assert client.get(path).status_code in {302, 404}
