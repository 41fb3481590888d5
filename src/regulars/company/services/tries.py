"""How often somebody may try to sign in: counted in the database, for all workers together."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
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
# Nobody can lock somebody out from elsewhere: what a stranger tries is counted at their address.
PER_ACCOUNT_AND_ADDRESS = Limit("account and address", 10, QUARTER)
# From all addresses together but those that this account has signed in from.
PER_ACCOUNT = Limit("account", 100, QUARTER)
REMEMBERED_FOR = timedelta(days=90)
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


def remember(account: str, address: str) -> None:
    """Note where an account signed in: what is tried elsewhere does not count for it here."""
    until = timezone.now() + REMEMBERED_FOR
    Tries.objects.update_or_create(
        digest=_remembered(account, address), defaults={"n": 0, "ends_at": until}
    )


def is_remembered(account: str, address: str) -> bool:
    """Whether this account has signed in from this address of late."""
    held = Tries.objects.filter(digest=_remembered(account, address))
    return held.filter(ends_at__gt=timezone.now()).exists()


def network_of(address: str) -> str:
    """An address as it is counted: of IPv6 the half that one household or server is given."""
    try:
        told = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((told, 64), strict=False)) if told.version == 6 else str(told)


def _remembered(account: str, address: str) -> bytes:
    return _digested("remembered", f"{account} {address}")


def _digest(limit: Limit, whose: str) -> bytes:
    return _digested(limit.name, whose)


def _digested(name: str, whose: str) -> bytes:
    told = f"{settings.SECRET_KEY}:{name}:{whose.strip().lower()}"
    return hashlib.sha256(told.encode()).digest()
