"""Keys of programs: the list, and the way in for whoever holds one."""

import hmac
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from regulars.company.models import ApiKey
from regulars.company.scopes import Scope
from regulars.company.services.keys import digest_of, prefix_of
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

# How often the last use is written at most: a key may be used a thousand times a minute.
NOTED_EVERY = timedelta(minutes=1)


class KeyRefused(Refusal):
    """A key that does not open; whether it ever was one is said only to whoever holds it."""


def _unknown() -> KeyRefused:
    return KeyRefused(
        "key_unknown",
        N_("This key is not known here."),
        N_("Send the whole key: reg_, eight letters, an underscore and its secret."),
    )


def keys() -> QuerySet[ApiKey]:
    """All keys, the newest first, with who made each."""
    return ApiKey.objects.select_related("made_by").order_by("-made_at")


def key_that(token: str, *, scope: Scope) -> ApiKey:
    """The key a program has sent, if it may do this; that it was used is noted."""
    key = ApiKey.objects.filter(prefix=prefix_of(token)).first()
    # Compared also where there is none, so that the time taken tells nothing.
    held = bytes(key.digest) if key else b""
    if not hmac.compare_digest(held, digest_of(token)) or key is None:
        raise _unknown()
    now = timezone.now()
    _refuse_void(key, scope)
    if key.last_used_at is None or key.last_used_at < now - NOTED_EVERY:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)
    return key


def _refuse_void(key: ApiKey, scope: Scope) -> None:
    if key.revoked_at is not None:
        raise KeyRefused(
            "key_revoked",
            N_("The key {prefix} was revoked."),
            N_("Ask an owner for a new one."),
            prefix=key.prefix,
        )
    if key.expires_at is not None and key.expires_at <= timezone.now():
        raise KeyRefused(
            "key_expired",
            N_("The key {prefix} has expired."),
            N_("Ask an owner for a new one."),
            prefix=key.prefix,
        )
    refuse_without(key, scope)


def refuse_without(key: ApiKey, scope: Scope) -> None:
    """Refuse a key whose scopes do not include this one."""
    if scope not in key.scopes:
        raise KeyRefused(
            "scope_missing",
            N_("The key {prefix} does not include {scope}."),
            N_("Ask an owner for a key that does."),
            prefix=key.prefix,
            scope=str(scope),
        )
