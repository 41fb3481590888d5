"""Visits, calls, chats and mails that programs send."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from regulars.book.importing.contacts import WAY
from regulars.book.models import Customer
from regulars.book.sent.people import Who
from regulars.book.sent.results import Result, keep_each
from regulars.book.sent.ways import ids_by_event, kept_by_way
from regulars.book.services.bulk_contacts import ContactTold
from regulars.book.services.contacts import Met


@dataclass(frozen=True, kw_only=True)
class ContactSent:
    """One contact as its source knows it now."""

    source: str
    external_id: str
    customer: Who | None
    met: Met
    note: str = ""


def keep_contacts(sent: Sequence[ContactSent]) -> list[Result]:
    """Note contacts."""
    return keep_each(sent, _keep)


def _keep(source: str, sent: Sequence[tuple[ContactSent, UUID | None]]) -> list[Result]:
    told = [
        ContactTold(
            source=source,
            source_key=each.external_id,
            customer=Customer(pk=customer),
            met=each.met,
            note=each.note.strip(),
        )
        for each, customer in sent
    ]
    return kept_by_way(
        told,
        WAY,
        lambda kept: ids_by_event(source, "contact", [each.source_key for each in kept]),
    )
