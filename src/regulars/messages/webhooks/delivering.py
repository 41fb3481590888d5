"""One try to tell an endpoint: signed, posted, and written down with what came back."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from regulars.kit.ids import readable
from regulars.messages.models.endpoint import DeliveryAttempt, Endpoint, EndpointSecret
from regulars.messages.webhooks.addresses import UrlRefused, target_of
from regulars.messages.webhooks.payload import PING, body_of
from regulars.messages.webhooks.posting import NotAnswered, Poster
from regulars.messages.webhooks.reach import WebhookReach
from regulars.messages.webhooks.signing import headers_of, unseal

# The endpoint as a whole asks for a pause, or what stands before it does not reach it.
_WHOLE_STATUSES = frozenset({429, 502, 503, 504})
_WHOLE_REASONS = frozenset(
    {
        "unreachable",
        "no_such_host",
        "address_forbidden",
        "tls_failed",
        "timed_out",
        "cut_off",
        "secret_unreadable",
    }
)
# Of these it is not known whether the message or the endpoint is to blame.
_PERHAPS_OURS = frozenset({"timed_out", "cut_off"})
_KEPT_OF_ANSWER = 200
LONGEST_WAIT = timedelta(hours=24)  # whatever Retry-After asks for
# What an answer may name of a person: addresses and numbers.
_MASKED = re.compile(r"[^\s\"'<>,;:()]+@[^\s\"'<>,;:()]+|\+?\d[\d ()./-]{4,}\d")


@dataclass(frozen=True)
class Outcome:
    """How one try went; no reason: it arrived."""

    status: int | None
    reason: str
    answer: str
    duration_ms: int
    asked_wait: timedelta | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the endpoint is to be left alone as a whole."""
        return self.reason in _WHOLE_REASONS or self.status in _WHOLE_STATUSES

    @property
    def is_perhaps_ours(self) -> bool:
        """Whether this message may be to blame."""
        return not self.is_whole or self.reason in _PERHAPS_OURS

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint said that it is gone for good."""
        return self.status == HTTPStatus.GONE


def deliver(
    poster: Poster, url: str, webhook_id: str, body: bytes, signed_with: Sequence[str]
) -> Outcome:
    """Sign and send once."""
    began = time.monotonic()
    status, answer, asked_wait = None, "", None
    try:
        target = target_of(url, poster.reach)
        if not signed_with:
            raise NotAnswered("secret_unreadable")
        headers = headers_of(webhook_id, int(time.time()), body, signed_with)
        answered = poster.post(target, body, headers)
    except UrlRefused:
        reason = "address_forbidden"
    except NotAnswered as error:
        reason = error.reason
    else:
        status = answered.status
        reason = _reason_of(status)
        answer = shown_of(answered.beginning) if reason else ""
        asked_wait = _asked_wait(answered.retry_after) if reason else None
    duration_ms = round((time.monotonic() - began) * 1000)
    return Outcome(status, reason, answer, duration_ms, asked_wait)


def valid_secrets(endpoint_id: UUID) -> Sequence[str]:
    """The secrets that hold now, the newest first."""
    valid = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    held = EndpointSecret.objects.filter(valid, endpoint_id=endpoint_id).order_by("-pk")
    return [secret for each in held if (secret := unseal(each.sealed)) is not None]


def note_attempt(
    endpoint: Endpoint, outcome: Outcome, webhook_id: str, kind: str, attempt: int = 1
) -> DeliveryAttempt:
    """Write a try down."""
    return DeliveryAttempt.objects.create(
        endpoint=endpoint,
        webhook_id=webhook_id,
        kind=kind,
        attempt=attempt,
        status=outcome.status,
        reason=outcome.reason,
        answer=outcome.answer,
        duration_ms=outcome.duration_ms,
    )


def ping(endpoint: Endpoint, reach: WebhookReach) -> DeliveryAttempt:
    """Send a test at once, whatever state the endpoint is in; gives how it went."""
    at = timezone.now()
    poster = Poster(reach)
    webhook_id = f"ping_{int(at.timestamp() * 1000)}"
    told = {"id": webhook_id, "kind": PING, "occurred_at": at.isoformat().replace("+00:00", "Z")}
    data = {"data": {"webhook": readable("whk", endpoint.pk)}}
    try:
        body = body_of(told | data, None)
        outcome = deliver(poster, endpoint.url, webhook_id, body, valid_secrets(endpoint.pk))
    finally:
        poster.close()
    return note_attempt(endpoint, outcome, webhook_id, PING)


def shown_of(answer: bytes) -> str:
    """The beginning of an answer for the log: one line, and nothing in it that names a person."""
    text = answer[: 2 * _KEPT_OF_ANSWER].decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _MASKED.sub("…", line)[:_KEPT_OF_ANSWER]


def _reason_of(status: int) -> str:
    """Why an answer is no success; empty where it is one."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return ""
    if status == HTTPStatus.GONE:
        return "gone"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "too_many_requests"
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "redirected"
    return "not_taken"


def _asked_wait(told: str) -> timedelta | None:
    """What Retry-After asks for, in seconds or as a date; None where it asks for nothing."""
    if told.isascii() and told.isdigit():
        wait = timedelta(seconds=int(told[:9]))
    else:
        try:
            wait = _until(parsedate_to_datetime(told))
        except ValueError:
            return None
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None


def _until(at: datetime) -> timedelta:
    if timezone.is_naive(at):
        raise ValueError("a date of HTTP says GMT")
    return at - timezone.now()
