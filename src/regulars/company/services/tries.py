"""How often somebody may try to sign in: counted in the database, for all workers together."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from regulars.company.models import Tries
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


@dataclass(frozen=True)
class Limit:
    """So many tries within a window that begins with the first."""

    name: str
    most: int
    window: timedelta


QUARTER = timedelta(minutes=15)
PER_ACCOUNT = Limit("account", 10, QUARTER)
PER_ADDRESS = Limit("address", 50, QUARTER)  # an office shares one
PER_CODE = Limit("code", 5, QUARTER)


class TooManyTries(Refusal):
    """The limit is reached; says when it is not any more."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            "too_many_tries",
            N_("There were too many tries."),
            N_("Try again in {minutes} min."),
            minutes=minutes,
        )


def count_try(limit: Limit, whose: str) -> None:
    """Count a try before it is made, so that many at once are counted too; refuse one too many."""
    now = timezone.now()
    with transaction.atomic():
        tries, is_new = Tries.objects.get_or_create(
            digest=_digest(limit, whose), defaults={"ends_at": now + limit.window}
        )
        if is_new:
            Tries.objects.filter(ends_at__lte=now - timedelta(days=1)).delete()
        # The row is the lock.
        tries = Tries.objects.select_for_update().get(pk=tries.pk)
        if tries.ends_at <= now:
            tries.n, tries.ends_at = 0, now + limit.window
        is_allowed = tries.n < limit.most
        tries.n += is_allowed
        tries.save()
    if not is_allowed:
        raise TooManyTries(ceil((tries.ends_at - now) / timedelta(minutes=1)))


def forget_tries(limit: Limit, whose: str) -> None:
    """Somebody has shown who they are: their tries count no more."""
    Tries.objects.filter(pk=_digest(limit, whose)).delete()


def take_back_try(limit: Limit, whose: str) -> None:
    """A try that went well is none; those before it stay counted."""
    Tries.objects.filter(pk=_digest(limit, whose), n__gt=0).update(n=F("n") - 1)


def _digest(limit: Limit, whose: str) -> bytes:
    told = f"{settings.SECRET_KEY}:{limit.name}:{whose.strip().lower()}"
    return hashlib.sha256(told.encode()).digest()
