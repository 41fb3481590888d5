"""Mail over providers' APIs, against a real HTTP server that speaks as they do."""

import json
from datetime import timedelta
from urllib.parse import unquote_plus

import pytest
from django.utils import timezone

from regulars.messages.carriers.carrier import Unreachable
from regulars.messages.carriers.mail import ProviderCarrier
from regulars.messages.carriers.mail_message import message_id
from regulars.messages.models.outgoing import OutgoingState
from regulars.messages.reach import mail_way
from regulars.messages.services.sending import send_next
from tests.messages.outgoing import SENDER, now_of, queued
from tests.support.web_server import web_server

pytestmark = pytest.mark.usefixtures("committed")
# What each answers to a mail it takes, and the id in it.
TAKEN = {
    "brevo": ({"messageId": "<b1@smtp-relay.example>"}, "<b1@smtp-relay.example>"),
    "mailgun": ({"id": "<g1@mg.example>", "message": "Queued. Thank you."}, "<g1@mg.example>"),
    "postmark": (
        {"ErrorCode": 0, "Message": "OK", "MessageID": "p1", "To": "ana@example.org"},
        "p1",
    ),
    "resend": ({"id": "r1"}, "r1"),
    "sparkpost": (
        {"results": {"total_accepted_recipients": 1, "total_rejected_recipients": 0, "id": "s1"}},
        "s1",
    ),
}


@pytest.fixture
def carrier_of(monkeypatch, settings):
    """A carrier as the environment's settings make it, to a server of ours."""
    made = []

    def carrier(provider, url):
        monkeypatch.setenv("REGULARS_MAIL", provider)
        monkeypatch.setenv("REGULARS_MAIL_KEY", "a key")
        monkeypatch.setenv("REGULARS_MAIL_FROM", SENDER)
        monkeypatch.setenv("REGULARS_MAIL_URL", f"{url}/api/")
        way = mail_way()
        settings.MAILERS = {"default": way.mailer}
        made.append(ProviderCarrier(way))
        return made[-1]

    yield carrier
    for each in made:
        each.close()


@pytest.mark.parametrize("provider", sorted(TAKEN))
def test_a_mail_is_handed_over_with_the_same_headers_as_over_smtp(provider, carrier_of):
    answer, provider_id = TAKEN[provider]
    message = queued()
    with web_server((200, answer)) as server:
        send_next(carrier_of(provider, server.url))
    sent = now_of(message)
    assert (sent.state, sent.fate, sent.provider_id) == (OutgoingState.SENT, "", provider_id)
    (asked,) = server.asked
    body = unquote_plus(asked.body)
    assert "it left today." in body
    assert message_id("m1", "lindqvist.example").strip("<>") in body
    assert asked.headers["Idempotency-Key"] == str(message.pk)


def test_brevo_is_told_the_key_where_it_looks_for_it(carrier_of):
    message = queued()
    with web_server((200, TAKEN["brevo"][0])) as server:
        send_next(carrier_of("brevo", server.url))
    headers = json.loads(server.asked[0].body)["headers"]
    assert headers["idempotencyKey"] == str(message.pk)


def test_an_answer_that_never_came_is_asked_for_with_the_same_key(carrier_of):
    message = queued()
    with web_server(None, (200, TAKEN["resend"][0])) as server:
        carrier = carrier_of("resend", server.url)
        send_next(carrier)
        waiting = now_of(message)
        assert (waiting.state, waiting.fate) == (OutgoingState.WAITING, "cut_off")
        type(waiting).objects.update(next_try_at=timezone.now())
        send_next(carrier)
    first, second = (asked.headers["Idempotency-Key"] for asked in server.asked)
    assert first == second
    assert now_of(message).state == OutgoingState.SENT


@pytest.mark.parametrize(
    ("answer", "state", "fate"),
    [
        ((500, "gone wrong"), OutgoingState.WAITING, "not_now"),
        ((422, {"message": "invalid to"}), OutgoingState.FAILED, "refused"),
    ],
)
def test_what_a_provider_refuses(answer, state, fate, carrier_of):
    message = queued()
    with web_server(answer) as server:
        send_next(carrier_of("resend", server.url))
    assert (now_of(message).state, now_of(message).fate) == (state, fate)


def test_a_provider_that_is_busy_is_given_the_time_it_asks_for(carrier_of):
    message = queued()
    before = timezone.now()
    with web_server((429, "slow down", {"Retry-After": "600"})) as server:
        send_next(carrier_of("resend", server.url))
    waits = now_of(message).next_try_at - before
    assert timedelta(seconds=600) <= waits < timedelta(seconds=660)


def test_a_key_that_is_refused_stops_all_and_fails_none(carrier_of):
    messages = [queued(key) for key in "ab"]
    with web_server((401, "who are you")) as server, pytest.raises(Unreachable):
        send_next(carrier_of("resend", server.url))
    assert len(server.asked) == 1
    assert {now_of(message).state for message in messages} == {OutgoingState.WAITING}
