"""One request to a provider: answers become what the outbox understands."""

import json
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from regulars.messages.carriers.carrier import Permanent, Temporary, Unreachable
from regulars.messages.reach import TIME_LIMIT

LONGEST_WAIT = timedelta(hours=1)
_LONGEST_ANSWER = 65_536
_LATER = frozenset({408, 425, 429})
_NOT_LET_IN = frozenset({401, 402, 403})


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nowhere: what is sent holds a key."""


_opener = build_opener(_NoRedirect)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """POST, and give the JSON of the answer; raises `Temporary` or `Permanent` for every other."""
    request = Request(url, body, dict(headers))
    try:
        with _opener.open(request, timeout=TIME_LIMIT) as answer:
            return _json_of(answer.read(_LONGEST_ANSWER))
    except HTTPError as error:
        with error:
            said = error.read(_LONGEST_ANSWER).decode("utf-8", "replace")
        raise refusal_of(error.code, said, dict(error.headers)) from error
    except (HTTPException, OSError) as error:
        raise Temporary("cut_off", str(error)) from error


def refusal_of(status: int, said: str, headers: Mapping[str, str]) -> Temporary | Permanent:
    """What an answer that is no success means for the message."""
    answer = f"{status} {said}"
    if status in _LATER or status >= 500:
        return Temporary("not_now", answer, wait=_asked_to_wait(headers))
    if status in _NOT_LET_IN:
        # The key, the account or its credit: mended there, every message can go.
        return Unreachable("not_let_in", answer)
    return Permanent("refused", answer)


def _asked_to_wait(headers: Mapping[str, str]) -> timedelta | None:
    told = headers.get("Retry-After") or ""
    if not (told.isascii() and told.isdigit()):
        return None
    return min(timedelta(seconds=int(told[:6])), LONGEST_WAIT)


def _json_of(body: bytes) -> dict[str, Any]:
    """The answer as an object; empty where it is none, since what was sent was taken."""
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
