"""Contacts by the thousand: what is new in a few statements, what changed one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from django.db import transaction
from django.utils import timezone

from regulars.book.kept import Outcome
from regulars.book.models import Contact, Customer, Event, Note
from regulars.book.services.contacts import EndsTooEarly, Met, note_contact
from regulars.book.services.events import record_event
from regulars.book.services.notes import write_note
from regulars.kit.ids import new_id

_OWNED = ("ended_at", "waiting_seconds", "handling_seconds", "outcome", "channel", "branch")
_LARGEST_SECONDS = 2**31


@dataclass(frozen=True, kw_only=True)
class ContactTold:
    """One contact as its source knows it now, with what the source wrote about it."""

    source: str
    source_key: str
    customer: Customer
    met: Met
    note: str = ""

    @property
    def event_key(self) -> str:
        """By what the timeline knows it."""
        return f"contact:{self.source_key}"


def known_contacts(told: Sequence[ContactTold]) -> Mapping[str, bool]:
    """Of some contacts of one source those the book holds, and whether in the same words."""
    held = _held(told)
    return {
        each.source_key: not _differs(held[each.event_key], each)
        for each in told
        if each.event_key in held
    }


def _held(told: Sequence[ContactTold]) -> dict[str, Contact]:
    ids = dict(
        Event.objects.filter(
            source=told[0].source,
            source_key__in=[each.event_key for each in told],
            subject="contact",
        ).values_list("source_key", "subject_id")
    )
    contacts = Contact.objects.in_bulk([pk for pk in ids.values() if pk is not None])
    return {key: contacts[pk] for key, pk in ids.items() if pk in contacts}


def _differs(contact: Contact, told: ContactTold) -> list[str]:
    """What the source tells otherwise; what it does not tell is left to people."""
    return [
        name for name in _OWNED if getattr(told.met, name) not in (None, "", getattr(contact, name))
    ]


def is_plain(told: ContactTold) -> bool:
    """Whether a contact follows the rules that its service knows words for."""
    met, now = told.met, timezone.now()
    lengths = [met.waiting_seconds or 0, met.handling_seconds or 0]
    return (
        met.started_at <= now
        and (met.ended_at is None or met.started_at <= met.ended_at <= now)
        and all(0 <= n < _LARGEST_SECONDS for n in lengths)
    )


def add_contacts(told: Sequence[ContactTold]) -> None:
    """Write contacts that the book does not hold, with their events and notes."""
    made = [
        Contact(customer=each.customer, **{f.name: getattr(each.met, f.name) for f in fields(Met)})
        for each in told
    ]
    Contact.objects.bulk_create(made)
    Event.objects.bulk_create(
        Event(
            kind=each.met.event_kind(),
            customer=each.customer,
            occurred_at=each.met.started_at,
            source=each.source,
            source_key=each.event_key,
            subject="contact",
            subject_id=contact.pk,
            channel=each.met.channel,
            codes={
                "direction": each.met.direction,
                "branch": each.met.branch,
                "outcome": each.met.outcome,
                "staff": None,
            },
        )
        for contact, each in zip(made, told, strict=True)
    )
    Note.objects.bulk_create(
        Note(contact=contact, text=each.note)
        for contact, each in zip(made, told, strict=True)
        if each.note
    )


@transaction.atomic
def keep_contact(told: ContactTold) -> Outcome:
    """Note one, or bring it up to what its source tells; gives what became of it."""
    held = _held([told]).get(told.event_key)
    if held is None:
        made = note_contact(
            told.customer, told.met, source=told.source, source_key=told.event_key, by=None
        )
        if told.note:
            write_note(made, text=told.note, by=None)
        return Outcome.NEW
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=held.pk)
    changed = _differs(contact, told)
    if not changed:
        return Outcome.SAME
    for name in changed:
        setattr(contact, name, getattr(told.met, name))
    if contact.ended_at is not None and contact.ended_at < contact.started_at:
        raise EndsTooEarly(contact.started_at)
    contact.save(update_fields=changed)
    record_event(
        "contact.changed",
        customer=contact.customer,
        occurred_at=timezone.now(),
        source=told.source,
        source_key=f"{told.event_key}:{new_id()}",
        subject="contact",
        subject_id=contact.pk,
        channel=contact.channel,
        codes={"changed": sorted(changed)},
    )
    return Outcome.CHANGED
