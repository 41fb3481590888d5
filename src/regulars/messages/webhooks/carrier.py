"""The carrier of webhooks: signs, posts, notes each try, and makes of the answer what follows."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from regulars.kit.ids import readable
from regulars.messages.carriers.carrier import Dispatch, Patience, Permanent, Temporary
from regulars.messages.models.endpoint import (
    DeliveryAttempt,
    Endpoint,
    EndpointSecret,
    EndpointState,
)
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from regulars.messages.webhooks import health
from regulars.messages.webhooks.addresses import UrlRefused, target_of
from regulars.messages.webhooks.payload import PING, body_of
from regulars.messages.webhooks.posting import NotAnswered, Poster
from regulars.messages.webhooks.reach import WebhookReach
from regulars.messages.webhooks.signing import headers_of, unseal

_GONE = 410
# The endpoint as a whole asks for a pause, or what stands before it does not reach it.
_WHOLE_STATUSES = frozenset({429, 502, 503, 504})
_WHOLE_REASONS = frozenset(
    {"unreachable", "no_such_host", "address_forbidden", "tls_failed", "timed_out", "cut_off"}
)
# Of these it is not known whether the message or the endpoint is to blame.
_PERHAPS_OURS = frozenset({"timed_out", "cut_off"})
_KEPT_OF_ANSWER = 200
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


class WebhookCarrier:
    """Webhooks to all endpoints."""

    channel = OutgoingChannel.WEBHOOK
    patience = Patience(
        first=timedelta(seconds=5),
        longest=timedelta(hours=2),
        give_up_after=health.PATIENT_FOR,
        given_up=OutgoingState.PAUSED,
    )

    def __init__(self, reach: WebhookReach) -> None:
        self._reach = reach
        self._poster = Poster(reach)

    def open(self) -> None:
        """Connections are opened when there is something to send."""

    def close(self) -> None:
        """Let go of all connections."""
        self._poster.close()

    def send(self, dispatch: Dispatch) -> str:
        """Tell an endpoint; gives the id that the webhook has."""
        found = Endpoint.objects.filter(pk__in=[dispatch.endpoint_id])
        if (endpoint := found.first()) is None:
            raise Permanent("endpoint_removed")
        if endpoint.state != EndpointState.ENABLED:
            health.lay_aside(dispatch.id)
            raise Temporary(health.STOPPED)
        now = timezone.now()
        if endpoint.held_until is not None and endpoint.held_until > now:
            raise Temporary("endpoint_held", wait=endpoint.held_until - now)
        webhook_id = str(dispatch.payload["id"])
        body = body_of(dispatch.payload, dispatch.sequence)
        outcome = self.post(endpoint, webhook_id, body)
        note_attempt(endpoint, outcome, webhook_id, dispatch.kind, dispatch.attempt)
        if outcome.reason:
            raise self._failed(endpoint, dispatch, webhook_id, outcome)
        health.note_delivered(endpoint)
        return webhook_id

    def post(self, endpoint: Endpoint, webhook_id: str, body: bytes) -> Outcome:
        """Sign and send once."""
        valid = valid_secrets(endpoint.pk)
        # Given back to the pool meanwhile: the other side may take long.
        connection.close()
        began = time.monotonic()
        status, answer, asked_wait = None, "", None
        try:
            target = target_of(endpoint.url, self._reach)
            if not valid:
                raise NotAnswered("secret_unreadable")
            headers = headers_of(webhook_id, int(time.time()), body, valid)
            answered = self._poster.post(target, body, headers)
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

    def _failed(
        self, endpoint: Endpoint, dispatch: Dispatch, webhook_id: str, outcome: Outcome
    ) -> Temporary:
        if outcome.status == _GONE:
            health.disable_gone(endpoint.pk)
            health.lay_aside(dispatch.id)
            return Temporary(outcome.reason)
        held_until = health.note_failure(
            endpoint.pk, asked_wait=outcome.asked_wait, is_whole=outcome.is_whole
        )
        now = timezone.now()
        waits = [held_until - now]
        if not outcome.is_whole or outcome.reason in _PERHAPS_OURS:
            waits.append(health.jittered(self.patience.wait(dispatch.attempt)))
            waits.append(outcome.asked_wait or timedelta())
        wait = max(waits)
        tried_for = now - dispatch.admitted_at
        if tried_for < health.LAST_TRY_AFTER:
            wait = min(wait, health.LAST_TRY_AFTER - tried_for)
        else:
            wait = max(wait, health.PATIENT_FOR - health.LAST_TRY_AFTER)
            health.note_given_up(endpoint.pk, dispatch.id, webhook_id)
        return Temporary(outcome.reason, wait=wait)


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
    carrier = WebhookCarrier(reach)
    webhook_id = f"ping_{int(at.timestamp() * 1000)}"
    told = {"id": webhook_id, "kind": PING, "occurred_at": at.isoformat().replace("+00:00", "Z")}
    data = {"data": {"webhook": readable("whk", endpoint.pk)}}
    try:
        outcome = carrier.post(endpoint, webhook_id, body_of(told | data, None))
    finally:
        carrier.close()
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
    if status == _GONE:
        return "gone"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "too_many_requests"
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "redirected"
    return "not_taken"


def _asked_wait(told: str) -> timedelta | None:
    """What Retry-After asks for, in seconds or as a date; at most the time of all tries."""
    if told.isascii() and told.isdigit():
        wait = timedelta(seconds=int(told[:9]))
    else:
        try:
            wait = _until(parsedate_to_datetime(told))
        except ValueError:
            return None
    return min(wait, health.LAST_TRY_AFTER) if wait > timedelta() else None


def _until(at: datetime) -> timedelta:
    if timezone.is_naive(at):
        raise ValueError("a date of HTTP says GMT")
    return at - timezone.now()
