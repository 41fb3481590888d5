"""SMS by each provider's documented requests, against a real HTTP server."""

import json
from base64 import b64encode
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from regulars.messages.carriers.carrier import Unreachable
from regulars.messages.carriers.sms import SmsCarrier
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from regulars.messages.reach import SmsWay
from regulars.messages.services.sending import send_next
from tests.messages.outgoing import now_of, queued
from tests.support.web_server import web_server

pytestmark = pytest.mark.usefixtures("committed")
TEXT = "Din beställning är här: hämta & njut + 您好"
BASIC = f"Basic {b64encode(b'acc:secret').decode()}"


def sms(key="s1", text=TEXT):
    return queued(key, channel=OutgoingChannel.SMS, address="+46701234567", payload={"text": text})


def carrier(provider, server, path=""):
    return SmsCarrier(SmsWay(provider, "Lindqvist", "acc", "secret", server.url + path))


def form(asked):
    return {name: value for name, (value,) in parse_qs(asked.body).items()}


def test_46elks_is_asked_as_it_documents():
    message = sms()
    with web_server((200, {"id": "s17a", "status": "created", "parts": 1})) as server:
        send_next(carrier("46elks", server, "/a1/sms"))
    (asked,) = server.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/a1/sms", BASIC)
    assert form(asked) == {"from": "Lindqvist", "to": "+46701234567", "message": TEXT}
    assert (now_of(message).state, now_of(message).provider_id) == (OutgoingState.SENT, "s17a")


def test_twilio_is_asked_as_it_documents():
    message = sms()
    with web_server((201, {"sid": "SM1", "status": "queued"})) as server:
        send_next(carrier("twilio", server))
    (asked,) = server.asked
    assert asked.path == "/2010-04-01/Accounts/acc/Messages.json"
    assert asked.headers["Authorization"] == BASIC
    assert form(asked) == {"From": "Lindqvist", "To": "+46701234567", "Body": TEXT}
    assert now_of(message).provider_id == "SM1"


@pytest.mark.parametrize(
    ("status", "code", "fate"),
    [
        (400, 21211, "bad_address"),
        (400, 21610, "stopped_by_customer"),
        (403, 21408, "country_not_allowed"),
        (400, 21617, "refused"),
    ],
)
def test_twilio_says_by_a_code_why_not(status, code, fate):
    message = sms()
    with web_server((status, {"code": code, "message": "no"})) as server:
        send_next(carrier("twilio", server))
    assert (now_of(message).state, now_of(message).fate) == (OutgoingState.FAILED, fate)


def test_the_plain_one_is_sent_json_with_a_key_that_stays():
    message = sms()
    with web_server((503, "later"), (200, {"id": 7})) as server:
        sender = carrier("json", server, "/send")
        send_next(sender)
        type(message).objects.update(next_try_at=timezone.now())
        send_next(sender)
    first, second = server.asked
    assert first.body == second.body
    key = str(message.pk)
    assert json.loads(first.body) == {
        "key": key,
        "from": "Lindqvist",
        "to": "+46701234567",
        "text": TEXT,
    }
    for asked in (first, second):
        assert asked.headers["Idempotency-Key"] == key
        assert asked.headers["Authorization"] == "Bearer secret"
    assert (now_of(message).state, now_of(message).provider_id) == (OutgoingState.SENT, "7")


@pytest.mark.parametrize(
    ("answer", "state", "fate"),
    [
        (None, OutgoingState.WAITING, "cut_off"),
        ((429, "slow"), OutgoingState.WAITING, "not_now"),
        ((302, "", {"Location": "http://127.0.0.1:9/"}), OutgoingState.FAILED, "refused"),
        ((400, 'Invalid "to"'), OutgoingState.FAILED, "refused"),
        ((200, "taken, no JSON"), OutgoingState.SENT, ""),
    ],
)
def test_other_answers(answer, state, fate):
    message = sms()
    with web_server(answer) as server:
        send_next(carrier("46elks", server))
    assert (now_of(message).state, now_of(message).fate) == (state, fate)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [401, 402, 403])
def test_an_account_that_may_not_send_keeps_everything_waiting(status):
    messages = [sms("a"), sms("b")]
    with web_server((status, "no credit")) as server, pytest.raises(Unreachable):
        send_next(carrier("46elks", server))
    assert {now_of(message).state for message in messages} == {OutgoingState.WAITING}
    assert len(server.asked) == 1
