"""Who asks: the key a program sends, what it may do, and how often."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase

from regulars.api.problems import Problem, problem_of
from regulars.company.models import ApiKey
from regulars.company.queries.keys import KeyRefused, key_that
from regulars.company.scopes import Scope

WINDOW = timedelta(minutes=1)
# One statement, and no waiting for the disk: a count that a crash takes back does no harm.
COUNT = """
INSERT INTO api_usage AS usage (key_id, n, ends_at)
SELECT %(key)s, 1, %(ends_at)s FROM set_config('synchronous_commit', 'off', true)
ON CONFLICT (key_id) DO UPDATE SET
  n = CASE WHEN usage.ends_at <= %(now)s THEN 1 ELSE usage.n + 1 END,
  ends_at = CASE WHEN usage.ends_at <= %(now)s THEN excluded.ends_at ELSE usage.ends_at END
RETURNING n, ends_at
"""


class BearerKey(AuthBase):
    """A key with a scope, as `Authorization: Bearer reg_...`."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> ApiKey:
        """The key; a Problem where there is none, or it may not do this, or asks too often."""
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != "bearer" or not token.strip():
            raise Problem(
                401,
                "key_missing",
                "This needs a key. Send it as `Authorization: Bearer reg_...`; an owner makes keys"
                " under Settings, Keys.",
            )
        try:
            key = key_that(token.strip(), scope=self.scope)
        except KeyRefused as refusal:
            raise problem_of(refusal) from None
        request.rate = _count(key)  # type: ignore[attr-defined]
        return key


def _count(key: ApiKey) -> dict[str, str]:
    """Count a request; the headers that say how many are left of this minute."""
    now = timezone.now()
    told: dict[str, Any] = {"key": key.pk, "now": now, "ends_at": now + WINDOW}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, told)
        n, ends_at = cursor.fetchone()
    headers = _headers(n, ends_at, now)
    if n > settings.API_REQUESTS_A_MINUTE:
        seconds = headers["RateLimit-Reset"]
        raise Problem(
            429,
            "too_many_requests",
            f"A key may ask {settings.API_REQUESTS_A_MINUTE} times a minute. Ask again in"
            f" {seconds} s; a batch of 10,000 records counts as one request.",
            headers=headers | {"Retry-After": seconds},
            facts={
                "limit": settings.API_REQUESTS_A_MINUTE,
                "retry_after_seconds": int(seconds),
            },
        )
    return headers


def _headers(n: int, ends_at: datetime, now: datetime) -> dict[str, str]:
    most: int = settings.API_REQUESTS_A_MINUTE
    return {
        "RateLimit-Limit": str(most),
        "RateLimit-Remaining": str(max(0, most - n)),
        "RateLimit-Reset": str(max(1, ceil((ends_at - now).total_seconds()))),
    }
