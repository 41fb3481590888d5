"""SMS over a provider's API: one adapter a provider."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from regulars.messages.carriers.carrier import Dispatch, Patience, Permanent, Unreachable
from regulars.messages.carriers.http import post
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.reach import SmsWay

_FORM = "application/x-www-form-urlencoded"
# What Twilio's codes say of one message alone.
_TWILIO_CODES = {
    **dict.fromkeys((21211, 21214, 21217, 21219, 21614), "bad_address"),
    21408: "country_not_allowed",
    21610: "stopped_by_customer",
}


@dataclass(frozen=True)
class _Request:
    url: str
    body: bytes
    headers: dict[str, str]


def _basic(way: SmsWay) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{way.user}:{way.key}'.encode()).decode()}"}


def _elks(way: SmsWay, dispatch: Dispatch) -> _Request:
    """46elks; knows no idempotency keys."""
    told = {"from": way.sender, "to": dispatch.address, "message": dispatch.payload["text"]}
    url = way.url or "https://api.46elks.com/a1/sms"
    return _Request(url, urlencode(told).encode(), _basic(way) | {"Content-Type": _FORM})


def _twilio(way: SmsWay, dispatch: Dispatch) -> _Request:
    """Twilio; knows no idempotency keys for messages."""
    told = {"From": way.sender, "To": dispatch.address, "Body": dispatch.payload["text"]}
    base = way.url or "https://api.twilio.com"
    url = f"{base}/2010-04-01/Accounts/{way.user}/Messages.json"
    return _Request(url, urlencode(told).encode(), _basic(way) | {"Content-Type": _FORM})


def _json(way: SmsWay, dispatch: Dispatch) -> _Request:
    """Whoever takes a small JSON object; the key is in it, and in the header."""
    key = str(dispatch.id)
    told = {
        "key": key,
        "from": way.sender,
        "to": dispatch.address,
        "text": dispatch.payload["text"],
    }
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {way.key}",
        "Idempotency-Key": key,
    }
    return _Request(way.url, json.dumps(told).encode(), headers)


_ADAPTERS: dict[str, Callable[[SmsWay, Dispatch], _Request]] = {
    "46elks": _elks,
    "twilio": _twilio,
    "json": _json,
}


class SmsCarrier:
    """SMS by the provider of the settings."""

    channel = OutgoingChannel.SMS
    patience = Patience(first=timedelta(minutes=1), give_up_after=timedelta(hours=12))

    def __init__(self, way: SmsWay) -> None:
        self._way = way
        self._request = _ADAPTERS[way.provider]

    def open(self) -> None:
        """Nothing is held between messages."""

    def send(self, dispatch: Dispatch) -> str:
        """Hand an SMS to the provider; gives its id there."""
        asked = self._request(self._way, dispatch)
        try:
            told = post(asked.url, asked.body, asked.headers)
        except (Permanent, Unreachable) as error:
            if reason := _twilio_code(error.answer):
                raise Permanent(reason, error.answer) from error
            raise
        return str(told.get("sid") or told.get("id") or "")

    def close(self) -> None:
        """Nothing is held between messages."""


def _twilio_code(answer: str) -> str | None:
    """What was wrong with this message, where the answer says it by a code we know."""
    try:
        return _TWILIO_CODES.get(json.loads(answer.partition(" ")[2])["code"])
    except (ValueError, KeyError, TypeError):
        return None
