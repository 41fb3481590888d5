"""Links by which a customer says no more: signed, so that nothing has to be looked up."""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from regulars.book.models.consent import MessagePurpose
from regulars.book.services.consents import ASKED_FOR
from regulars.kit.ids import from_readable, readable

PATH = "unsubscribe"  # the portal's page
_PREFIX = "cus"


def _signer() -> Signer:
    return Signer(salt="regulars.unsubscribe")


def unsubscribe_link(customer_id: UUID, purpose: str) -> str:
    """The address of the page; a POST to it, without a cookie, withdraws the consent at once."""
    token = _signer().sign(f"{readable(_PREFIX, customer_id)}.{purpose}")
    return f"{settings.ORIGIN}/{PATH}/{token.replace(':', '.')}"


def who_unsubscribes(token: str) -> tuple[UUID, MessagePurpose] | None:
    """Whom a link is of, and for what purpose; None for one that we have not made."""
    told, _, signature = token.rpartition(".")
    try:
        said = _signer().unsign(f"{told}:{signature}")
    except BadSignature:
        return None
    named, _, purpose = said.partition(".")
    customer_id = from_readable(_PREFIX, named)
    if customer_id is None or purpose not in ASKED_FOR:
        return None
    return customer_id, MessagePurpose(purpose)
