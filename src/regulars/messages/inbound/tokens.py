"""An address of ours that says which message is answered: hello+r.TOKEN@lindqvist.example."""

import re
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from django.core.signing import Signer

from regulars.kit.ids import from_readable, readable

_PREFIX = "m"
# Mail programs may write an address in small letters, so the signature is a number of them.
_TOKEN = re.compile(r"\+r\.(m_[0-9a-z]{26})([0-9a-f]{16})@", re.IGNORECASE)


def reply_address(ours: str, outgoing_id: UUID) -> str:
    """The address to which a message is to be answered."""
    local, _, domain = ours.rpartition("@")
    named = readable(_PREFIX, outgoing_id)
    return f"{local}+r.{named}{_signature(named)}@{domain}"


def answered_message(recipients: Iterable[str]) -> UUID | None:
    """The message that one of these addresses is the answer to; None for one we have not made."""
    for recipient in recipients:
        found = _TOKEN.search(recipient)
        if found and _signature(found[1].lower()) == found[2].lower():
            return from_readable(_PREFIX, found[1].lower())
    return None


def _signature(named: str) -> str:
    return sha256(Signer(salt="regulars.reply").signature(named).encode()).hexdigest()[:16]
