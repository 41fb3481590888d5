"""Endpoints: what is refused, what is kept of a secret, and telling again what was told."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from regulars.company.models import AuditEntry
from regulars.messages.models import Endpoint, EndpointSecret, Outgoing
from regulars.messages.models.outgoing import OutgoingState
from regulars.messages.webhooks import replaying
from regulars.messages.webhooks.addresses import UrlRefused
from regulars.messages.webhooks.delivering import ping, valid_secrets
from regulars.messages.webhooks.endpoints import (
    MOST_SECRETS,
    NoSuchKind,
    TooManySecrets,
    UrlTaken,
    change_endpoint,
    pause_endpoint,
    rotate_secret,
)
from regulars.messages.webhooks.replaying import NothingBetween, TooManyToReplay, replay
from regulars.messages.webhooks.signing import headers_of, seal, unseal
from tests.book.shop import customer
from tests.messages.webhooked import (
    LOOPBACK,
    bodies,
    carrier,
    endpoint,
    happened,
    ids,
    names,
    owner,
    read,
    send_all,
)
from tests.support.web_server import web_server

pytestmark = pytest.mark.usefixtures("webhooks")
TAKEN = (204, "")
PLACE = "https://shop.example"


def replayed(made, **more):
    now = timezone.now()
    told = {"start": now - timedelta(hours=1), "end": now, "by": owner()} | more
    return replay(made, **told)


def test_signatures_are_those_of_the_specifications_library():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = timezone.now().replace(microsecond=0)
    ours = headers_of("evt_7", int(at.timestamp()), b'{"a": "\xc3\xa9"}', [secret])
    theirs = Webhook(secret).sign("evt_7", at, '{"a": "é"}')
    assert ours == {
        "webhook-id": "evt_7",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": theirs,
    }


def test_a_secret_is_of_32_bytes_kept_encrypted_and_told_once():
    made, secret = endpoint(PLACE)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    held = EndpointSecret.objects.get()
    assert secret.removeprefix("whsec_") not in held.sealed
    assert valid_secrets(made.pk) == [secret]
    assert not AuditEntry.objects.filter(facts__icontains=secret[6:]).exists()


def test_with_another_secret_key_of_the_house_nothing_is_signed_wrongly(settings):
    sealed = seal("whsec_YQ==")
    settings.SECRET_KEY = "another one, and as long as it has to be, at least fifty letters"
    assert unseal(sealed) is None
    made, _ = endpoint(PLACE)
    EndpointSecret.objects.update(sealed=sealed)
    assert ping(made, LOOPBACK).reason == "secret_unreadable"


def test_old_secrets_end_at_once_where_they_are_kept_for_no_time():
    made, old = endpoint(PLACE)
    new, until = rotate_secret(made, keep_for=timedelta(), by=owner())
    assert (valid_secrets(made.pk), until, new != old) == ([new], None, True)


def test_there_are_no_more_than_a_few_secrets_at_once():
    made, _ = endpoint(PLACE)
    for _ in range(MOST_SECRETS - 1):
        rotate_secret(made, keep_for=timedelta(hours=1), by=owner())
    before = valid_secrets(made.pk)
    with pytest.raises(TooManySecrets):
        rotate_secret(made, keep_for=timedelta(hours=1), by=owner())
    assert valid_secrets(made.pk) == before
    EndpointSecret.objects.exclude(expires_at=None).update(expires_at=timezone.now())
    rotate_secret(made, keep_for=timedelta(hours=1), by=owner())
    assert len(valid_secrets(made.pk)) == 2


def test_what_cannot_be_is_refused_and_nothing_is_kept():
    endpoint(PLACE)
    for refusal, told in (
        (UrlTaken, {"url": PLACE}),
        (UrlRefused, {"url": "https://10.0.0.1"}),
        (NoSuchKind, {"url": "https://b.example", "kinds": ["order.place"]}),
    ):
        with pytest.raises(refusal):
            endpoint(**told)
    assert Endpoint.objects.count() == EndpointSecret.objects.count() == 1


def test_a_change_is_noted_and_another_endpoints_address_is_refused():
    made, _ = endpoint(PLACE)
    endpoint("https://b.example")
    with pytest.raises(UrlTaken):
        change_endpoint(made, by=owner(), url="https://b.example/hooks")
    change_endpoint(made, by=owner(), name="Till", kinds=["order.returned", "order.placed"])
    noted = AuditEntry.objects.filter(action="webhook.changed").order_by("id")
    assert [(each.facts["old"], each.facts["new"]) for each in noted] == [
        ("Shop", "Till"),
        ("", "order.placed order.returned"),
    ]


def test_a_replay_tells_again_in_order_under_the_same_ids_and_sequences():
    ana, bo = customer("Ana"), customer("Bo")
    with web_server(TAKEN) as shop:
        made, secret = endpoint(shop.url, kinds=["order.placed"])
        hers, his = happened(ana, 3), happened(bo, 2)
        read()
        sender = carrier()
        send_all(sender)
        first = bodies(shop.asked)
        assert replayed(made) == 5
        send_all(sender)
        again = shop.asked[5:]
        happened(ana)
        read()
        send_all(sender)
    by_id = {body["id"]: body for body in first}
    assert [by_id[body["id"]] for body in bodies(again)] == bodies(again)
    for mine in (names(hers), names(his)):
        assert [each for each in ids(again) if each in mine] == mine
    Webhook(secret).verify(again[0].body, again[0].headers)
    assert bodies(shop.asked)[-1]["sequence"] == 4  # a replay takes no places


def test_a_replay_leaves_out_what_still_waits_and_takes_the_time_it_is_told():
    with web_server(TAKEN) as shop:
        made, _ = endpoint(shop.url, kinds=["order.placed"])
        sent = happened(customer())
        read()
        send_all(carrier())
        between = timezone.now()
        happened(customer("Bo"), 2)
        read()
        assert replayed(made) == 1
        assert replayed(made, start=between) == 0
        send_all(carrier())
    assert ids(shop.asked).count(names(sent)[0]) == 2
    assert len(shop.asked) == 4


def test_what_an_endpoint_never_had_comes_with_a_replay_without_a_sequence():
    happened(customer(), 2)
    with web_server(TAKEN) as shop:
        made, _ = endpoint(shop.url, kinds=["order.placed"])
        read()
        assert replayed(made) == 2
        send_all(carrier())
    assert [body["sequence"] for body in bodies(shop.asked)] == [None, None]


def test_a_replay_of_too_much_or_of_no_time_is_refused(monkeypatch):
    made, _ = endpoint(PLACE)
    happened(customer(), 2)
    monkeypatch.setattr(replaying, "MOST", 2)
    with pytest.raises(TooManyToReplay):
        replayed(made)
    now = timezone.now()
    with pytest.raises(NothingBetween):
        replayed(made, start=now, end=now)
    assert Outgoing.objects.count() == 0


def test_a_replay_for_a_paused_endpoint_waits_with_the_rest():
    happened(customer(), 2)
    made, _ = endpoint(PLACE)
    pause_endpoint(made, by=owner())
    assert replayed(made) == 3
    assert set(Outgoing.objects.values_list("state", flat=True)) == {OutgoingState.PAUSED}


def test_a_ping_goes_at_once_signed_even_where_it_is_paused():
    with web_server(TAKEN) as shop:
        made, secret = endpoint(shop.url)
        pause_endpoint(made, by=owner())
        tried = ping(Endpoint.objects.get(), LOOPBACK)
    (asked,) = shop.asked
    told = Webhook(secret).verify(asked.body, asked.headers)
    assert (told["kind"], told["id"]) == ("webhook.ping", tried.webhook_id)
    assert (tried.status, tried.is_delivered, Outgoing.objects.count()) == (204, True, 0)
