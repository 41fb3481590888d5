"""Writing: one transaction a request, its answer kept with it, so that a repeat changes nothing."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import psycopg
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Query
from pydantic import BaseModel, BeforeValidator, StringConstraints

from regulars.api.models import GivenAnswer
from regulars.api.problems import Problem
from regulars.company.models import ApiKey
from regulars.company.services import audit

KEPT_FOR = timedelta(hours=48)
_FORGOTTEN_AT_ONCE = 100
_WAIT = "3s"  # for the same request that still runs
_TRIES = 4
# Writes the row of a request; whoever writes the same at this moment is waited for, not for long.
BEGIN = """
SET LOCAL lock_timeout = %(wait)s;
INSERT INTO api_givenanswer (key_id, name, digest, body) VALUES (%(key)s, %(name)s, %(digest)s, '')
ON CONFLICT (key_id, name) DO NOTHING
"""


def _is_true(told: object) -> object:
    return {"true": True, "false": False}.get(told, told) if isinstance(told, str) else told


DryRun = Annotated[
    bool,
    BeforeValidator(_is_true),
    Query(
        default=False,
        strict=True,
        description="Say what would become of it, and write nothing. Ids of new records are null.",
    ),
]
IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=255, pattern="^[!-~]+$")] | None,
    Header(
        None,
        alias="Idempotency-Key",
        description="Any text of your own. The same key and request again gives the first answer.",
    ),
]


@dataclass(frozen=True)
class Answer:
    """What a request is answered, and what the audit log says of it."""

    status: int
    body: BaseModel
    action: str  # "orders.told"
    facts: Mapping[str, str | int | None]
    subject_id: UUID | None = None


def answer_once(
    request: HttpRequest, act: Callable[[], Answer], *, name: str | None, dry_run: bool
) -> HttpResponse:
    """Do what is asked and commit it with its answer; a repeat gets the answer that stands.

    Two that wait for each other in turn are told apart by the database: one of them begins anew.
    """
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _answered(request, act, name=name, dry_run=dry_run)
        except OperationalError as error:
            is_deadlock = isinstance(error.__cause__, psycopg.errors.DeadlockDetected)
            if not is_deadlock or attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _answered(
    request: HttpRequest, act: Callable[[], Answer], *, name: str | None, dry_run: bool
) -> HttpResponse:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    given = _begin(key, name, request) if name else None
    if given is not None and given.status is not None:
        return _response(given.status, given.body, **{"Idempotent-Replayed": "true"})
    answer = act()
    body = answer.body.model_dump_json()
    if dry_run:
        transaction.set_rollback(True)
        return _response(answer.status, body)
    audit.record_by(key, answer.action, subject_id=answer.subject_id, **answer.facts)
    if given is not None:
        given.status, given.body = answer.status, body
        given.save(update_fields=["status", "body"])
    return _response(answer.status, body)


def _response(status: int, body: str, **headers: str) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


def _begin(key: ApiKey, name: str, request: HttpRequest) -> GivenAnswer:
    """The row of this request: new, or with the answer that was given before.

    Whoever asks the same at this moment is waited for, as the row is unique.
    """
    digest = _digest(key, request)
    with connection.cursor() as cursor:
        try:
            cursor.execute(BEGIN, {"wait": _WAIT, "key": key.pk, "name": name, "digest": digest})
        except OperationalError as error:
            if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise _still_running() from None
            raise
        cursor.nextset()
        is_new = cursor.rowcount == 1
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    given = GivenAnswer.objects.get(key=key, name=name)
    if is_new:
        _forget_old()
    elif bytes(given.digest) != digest:
        raise Problem(
            422,
            "idempotency_key_reused",
            "This Idempotency-Key came with another request before. Nothing was written. Use a new"
            " key for a new request, and the same key only to repeat one.",
        )
    return given


def _still_running() -> Problem:
    return Problem(
        409,
        "still_running",
        "The same request is still at work. Ask again in a second for its answer.",
        headers={"Retry-After": "1"},
        facts={"retry_after_seconds": 1},
    )


def _digest(key: ApiKey, request: HttpRequest) -> bytes:
    """Of all that makes two requests the same; whoever reads it can guess no body from it."""
    told = hashlib.sha256(bytes(key.digest))
    told.update(f"{request.method} {request.get_full_path()}\n".encode())
    told.update(request.body)
    return told.digest()


def _forget_old() -> None:
    """A few of those that nobody repeats any more, each time one is added."""
    old = GivenAnswer.objects.filter(given_at__lt=timezone.now() - KEPT_FOR)
    some = old.order_by("given_at").values("pk")[:_FORGOTTEN_AT_ONCE]
    GivenAnswer.objects.filter(pk__in=some.select_for_update(skip_locked=True)).delete()
