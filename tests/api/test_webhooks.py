"""Webhooks by the API: who may say where events go, and what a program sees of it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from regulars.company.models import AuditEntry
from regulars.company.scopes import Scope
from regulars.messages.models import DeliveryAttempt, Endpoint, Outgoing
from tests.messages.webhooked import LOOPBACK
from tests.support.web_server import web_server

SHOP = {"name": "Shop", "url": "https://shop.example/hooks", "kinds": ["order.placed"]}


@pytest.fixture(autouse=True)
def open_to_loopback(settings):
    settings.WEBHOOK_REACH = LOOPBACK


@pytest.fixture
def made(shop):
    answer = shop.send("/webhooks", SHOP)
    assert answer.status_code == 201
    return answer.json()


def path(made, verb=""):
    return f"/webhooks/{made['id']}{verb}"


def test_a_webhook_is_made_and_its_secret_shown_once(shop, made):
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made == shop.get(path(made)).json()
    assert shop.get("/webhooks").json()["data"] == [made]
    assert {name: made[name] for name in ("kinds", "payload", "state", "why", "n_waiting")} == {
        "kinds": ["order.placed"],
        "payload": "thin",
        "state": "enabled",
        "why": None,
        "n_waiting": 0,
    }
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_dry_run_makes_none(shop):
    assert shop.send("/webhooks?dry_run=true", SHOP).status_code == 201
    assert Endpoint.objects.count() == 0


@pytest.mark.parametrize(
    ("scopes", "needed"),
    [([Scope.WRITE_CONFIG], "events:read"), ([Scope.READ_EVENTS], "config:write")],
)
def test_who_may_not_read_events_cannot_have_them_sent(program, scopes, needed):
    refused = program(*scopes).send("/webhooks", SHOP)
    assert (refused.status_code, refused.json()["scope"]) == (403, needed)
    assert Endpoint.objects.count() == 0


@pytest.mark.parametrize("verb", ["/rotate", "/pause", "/resume", "/ping", "/replay"])
def test_nor_do_anything_to_a_webhook(program, made, verb):
    before = Endpoint.objects.values().get()
    now = timezone.now().isoformat()
    body = {"start": now, "end": now} if verb == "/replay" else {}
    refused = program(Scope.WRITE_CONFIG).send(path(made, verb), body)
    assert (refused.status_code, refused.json()["scope"]) == (403, "events:read")
    assert Endpoint.objects.values().get() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "https://169.254.169.254/latest"}, "webhook_url_refused"),
        ({"url": "https://b.example:22/"}, "webhook_url_refused"),
        ({"url": SHOP["url"]}, "webhook_url_taken"),
        ({"url": "https://b.example", "kinds": ["order.place"]}, "webhook_kind_unknown"),
        ({"url": "https://b.example", "name": " "}, "not_a_name"),
    ],
)
def test_what_cannot_be_is_refused(shop, made, change, code):
    refused = shop.send("/webhooks", SHOP | change)
    assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert Endpoint.objects.count() == 1


def test_it_is_changed_only_by_who_has_seen_it(shop, made):
    assert shop.send(path(made), {"name": "Till"}, method="patch").status_code == 428
    seen = shop.get(path(made)).headers["ETag"]
    changed = shop.send(
        path(made), {"name": "Till", "payload": "full"}, method="patch", **{"If-Match": seen}
    )
    assert (changed.json()["name"], changed.json()["payload"]) == ("Till", "full")
    assert changed.headers["ETag"] == shop.get(path(made)).headers["ETag"]
    late = shop.send(path(made), {"name": "X"}, method="patch", **{"If-Match": seen})
    assert (late.status_code, Endpoint.objects.get().name) == (412, "Till")


def test_a_new_secret_signs_beside_the_old_one(shop, made):
    with web_server((204, "")) as receiver:
        Endpoint.objects.update(url=receiver.url)
        turned = shop.send(path(made, "/rotate"), {}).json()
        shop.send(path(made, "/ping"), {})
    (asked,) = receiver.asked
    for secret in (made["secret"], turned["secret"]):
        assert Webhook(secret).verify(asked.body, asked.headers)["kind"] == "webhook.ping"
    assert turned["old_valid_until"] > (timezone.now() + timedelta(hours=23)).isoformat()
    assert (
        shop.send(path(made, "/rotate"), {"old_valid_hours": 0}).json()["old_valid_until"] is None
    )


def test_a_ping_says_what_came_back_and_stands_among_the_deliveries(shop, made):
    with web_server((500, "no such hook")) as receiver:
        Endpoint.objects.update(url=receiver.url)
        told = shop.send(path(made, "/ping"), {}).json()
    assert (told["status"], told["is_delivered"]) == (500, False)
    assert (told["reason"], told["answer"]) == ("not_taken", "no such hook")
    assert shop.get(path(made, "/deliveries")).json() == {"data": [told], "next_cursor": None}
    only = shop.get(path(made, "/deliveries"), {"webhook_id": "evt_1"})
    assert only.json()["data"] == []


def test_pause_resume_and_removal(shop, made):
    paused = shop.send(path(made, "/pause"), {}).json()
    assert (paused["state"], paused["why"]) == ("paused", "by_hand")
    resumed = shop.send(path(made, "/resume"), {}).json()
    assert (resumed["state"], resumed["why"], resumed["stopped_at"]) == ("enabled", None, None)
    assert shop.send(path(made), "", method="delete").json() == {"n": 0}
    gone = shop.get(path(made))
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_webhook")
    assert DeliveryAttempt.objects.count() == 0


def test_a_replay_repeated_with_its_key_replays_once(shop, made):
    span = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}
    first = shop.send(path(made, "/replay"), span, **{"Idempotency-Key": "r1"})
    again = shop.send(path(made, "/replay"), span, **{"Idempotency-Key": "r1"})
    assert first.json() == again.json() == {"n": 0}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert AuditEntry.objects.filter(action="webhook.replayed").count() == 1
    refused = shop.send(path(made, "/replay"), span | {"end": span["start"]})
    assert refused.json()["code"] == "replay_ends_too_early"
    assert Outgoing.objects.count() == 0
