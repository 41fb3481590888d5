"""Keys of programs: made, told once, and revoked."""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from regulars.company.models import ApiKey, Staff
from regulars.company.scopes import Scope
from regulars.company.services import audit
from regulars.company.services.naming import shown_name
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_SECRET_BYTES = 32
_TOKEN = re.compile(rf"(reg_[{_LETTERS}]{{8}})_[A-Za-z0-9_-]{{43}}")


class NoScopes(Refusal):
    """A key that may do nothing."""

    def __init__(self) -> None:
        super().__init__(
            "no_scopes",
            N_("This key could do nothing."),
            N_("Choose at least one thing it may do."),
        )


class ExpiryIsPast(Refusal):
    """A key that would be void at once."""

    def __init__(self) -> None:
        super().__init__(
            "expiry_is_past",
            N_("This key would be void at once."),
            N_("Choose a later day, or none."),
        )


def digest_of(token: str) -> bytes:
    """What is kept of a key. A fast hash is enough for 256 random bits: nothing can be guessed."""
    return hashlib.sha256(token.encode()).digest()


def prefix_of(token: str) -> str | None:
    """The part of a key that is kept as it is and finds it again; None for what is no key."""
    read = _TOKEN.fullmatch(token)
    return read[1] if read else None


@transaction.atomic
def make_key(
    *, name: str, scopes: Collection[Scope], expires_at: datetime | None = None, by: Staff
) -> tuple[ApiKey, str]:
    """A new key and its token: `reg_`, eight letters, and the secret. It is told this once."""
    if not scopes:
        raise NoScopes
    if expires_at is not None and expires_at <= timezone.now():
        raise ExpiryIsPast
    prefix = "reg_" + "".join(secrets.choice(_LETTERS) for _ in range(8))
    token = f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    key = ApiKey.objects.create(
        name=shown_name(name),
        prefix=prefix,
        digest=digest_of(token),
        scopes=[scope.value for scope in Scope if scope in scopes],
        expires_at=expires_at,
        made_by=by,
    )
    audit.record(
        "key.made", by=by.pk, subject_id=key.pk, prefix=prefix, scopes=" ".join(key.scopes)
    )
    return key, token


@transaction.atomic
def revoke_key(key: ApiKey, *, by: Staff) -> None:
    """Make a key void from now on, for good. Revoking twice changes nothing."""
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
        audit.record("key.revoked", by=by.pk, subject_id=locked.pk, prefix=locked.prefix)
