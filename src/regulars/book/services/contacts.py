"""Contacts are noted, when they are over or when they begin."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.book.models import Contact, Customer
from regulars.book.models.contact import ContactKind, Direction
from regulars.book.services.fitting import check_fit
from regulars.book.services.telling import hold, past, telling
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class EndsTooEarly(Refusal):
    """A contact cannot end before it began."""

    def __init__(self, started_at: datetime) -> None:
        super().__init__(
            "ends_too_early",
            N_("It began at {started_at} and cannot end before that."),
            N_("Give a later moment."),
            started_at=started_at.isoformat(),
        )


class AlreadyOver(Refusal):
    """Its end is noted."""

    def __init__(self, ended_at: datetime) -> None:
        super().__init__(
            "already_over",
            N_("It ended at {ended_at}."),
            N_("Note a contact of its own if there was another one."),
            ended_at=ended_at.isoformat(),
        )


@dataclass(frozen=True)
class Met:
    """A contact as it was told; `staff_id` is who met the customer."""

    kind: ContactKind
    started_at: datetime
    direction: Direction = Direction.IN
    channel: str = ""
    branch: str = ""
    staff_id: UUID | None = None
    ended_at: datetime | None = None
    waiting_seconds: int | None = None
    handling_seconds: int | None = None
    outcome: str = ""

    def event_kind(self) -> str:
        """What the timeline calls it; mail is received or sent."""
        if self.kind is not ContactKind.EMAIL:
            return self.kind
        return "email.received" if self.direction is Direction.IN else "email.sent"


@dataclass(frozen=True)
class Ending:
    """How a contact ended, as it was told."""

    outcome: str = ""
    waiting_seconds: int | None = None
    handling_seconds: int | None = None


@transaction.atomic
def note_contact(
    customer: Customer, met: Met, *, source: str, source_key: str, by: UUID | None
) -> Contact:
    """Note that a customer and the company met or spoke."""
    told = telling(met.started_at, source=source, source_key=source_key, by=by)
    customer = hold(customer)
    if (again := told.before(met.event_kind())) is not None:
        return Contact.objects.get(pk=again)
    ended_at = past(met.ended_at) if met.ended_at is not None else None
    if ended_at is not None and ended_at < told.at:
        raise EndsTooEarly(told.at)
    made = Contact(
        customer=customer,
        kind=met.kind,
        direction=met.direction,
        channel=met.channel,
        branch=met.branch,
        staff_id=met.staff_id,
        started_at=told.at,
        ended_at=ended_at,
        waiting_seconds=met.waiting_seconds,
        handling_seconds=met.handling_seconds,
        outcome=met.outcome,
    )
    check_fit(made, codes=("channel", "branch", "outcome"))
    made.save(force_insert=True)
    told.write(
        met.event_kind(),
        customer,
        subject="contact",
        subject_id=made.pk,
        channel=met.channel,
        codes={
            "direction": met.direction,
            "branch": met.branch,
            "outcome": met.outcome,
            "staff": str(met.staff_id) if met.staff_id else None,
        },
    )
    return made


@transaction.atomic
def end_contact(
    contact: Contact,
    ending: Ending,
    *,
    at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Contact:
    """Note that a visit, call or chat is over."""
    told = telling(at, source=source, source_key=source_key, by=by)
    locked = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if told.was_done_to("contact.ended", locked.pk):
        return locked
    if locked.ended_at is not None:
        raise AlreadyOver(locked.ended_at)
    if told.at < locked.started_at:
        raise EndsTooEarly(locked.started_at)
    locked.ended_at, locked.outcome = told.at, ending.outcome
    locked.waiting_seconds = ending.waiting_seconds
    locked.handling_seconds = ending.handling_seconds
    check_fit(locked, codes=("outcome",))
    locked.save(update_fields=["ended_at", "outcome", "waiting_seconds", "handling_seconds"])
    told.write(
        "contact.ended",
        locked.customer,
        subject="contact",
        subject_id=locked.pk,
        channel=locked.channel,
        codes={"outcome": ending.outcome},
    )
    return locked
