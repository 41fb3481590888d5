"""What every change told to the book has in common: when, from where, by whom, and once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from regulars.book.models import Customer, Erasure, Event
from regulars.book.services.events import record_event
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

# Clocks of other machines go a little wrong; what they tell is not refused for that.
SKEW = timedelta(minutes=5)


class NotYet(Refusal):
    """Something is told as done that lies in the future."""

    def __init__(self, at: datetime) -> None:
        super().__init__(
            "not_yet",
            N_("{at} lies in the future."),
            N_("Give the moment at which it happened; the clock of the sender may be wrong."),
            at=at.isoformat(),
        )


class CustomerErased(Refusal):
    """Nothing more is written down of somebody who was erased."""

    def __init__(self) -> None:
        super().__init__(
            "customer_erased",
            N_("This customer was erased."),
            N_("If they come back, take them down as somebody new."),
        )


class SourceKeyTaken(Refusal):
    """Source and key stand for something else already."""

    def __init__(self, source: str, source_key: str) -> None:
        super().__init__(
            "source_key_taken",
            N_("The key {key} of {source} stands for something else already."),
            N_("Give every change a key of its own, and the same key only when repeating it."),
            source=source,
            key=source_key,
        )


@dataclass(frozen=True)
class Telling:
    """One change as it is told; the same source and key again is the same change."""

    at: datetime
    source: str
    source_key: str
    by: UUID | None

    def was_done_to(self, kind: str, subject_id: UUID) -> bool:
        """Whether this very change was told before, of this thing."""
        done = self.before(kind)
        if done not in (None, subject_id):
            raise SourceKeyTaken(self.source, self.source_key)
        return done is not None

    def before(self, kind: str) -> UUID | None:
        """The id of what this very change made when it was told before, if it was."""
        event = Event.objects.filter(source=self.source, source_key=self.source_key).first()
        if event is None:
            return None
        if event.kind != kind or event.subject_id is None:
            raise SourceKeyTaken(self.source, self.source_key)
        return event.subject_id

    def write(
        self,
        kind: str,
        customer: Customer,
        *,
        subject: str,
        subject_id: UUID,
        codes: Mapping[str, object],
        channel: str = "",
    ) -> Event:
        """Write the event, and where a person of the company did it, the audit log."""
        event = record_event(
            kind,
            customer=customer,
            occurred_at=self.at,
            source=self.source,
            source_key=self.source_key,
            staff_id=self.by,
            subject=subject,
            subject_id=subject_id,
            channel=channel,
            codes=dict(codes),
        )
        if (event.kind, event.subject_id) != (kind, subject_id):
            raise SourceKeyTaken(self.source, self.source_key)
        if self.by is not None:
            action = kind if kind.startswith(f"{subject}.") else f"{subject}.noted"
            audit.record(action, by=self.by, subject_id=subject_id, customer=str(customer.pk))
        return event


def telling(at: datetime | None, *, source: str, source_key: str, by: UUID | None) -> Telling:
    """A change told now, of the moment it happened; now where none is given."""
    return Telling(past(at or timezone.now()), source, source_key, by)


def past(at: datetime) -> datetime:
    """A moment as it was told; what a fast clock tells of the next minutes was just now."""
    now = timezone.now()
    if at > now + SKEW:
        raise NotYet(at)
    return min(at, now)


def hold(customer: Customer) -> Customer:
    """Lock a customer: of two who tell the same at once, the second finds what the first wrote.

    Others may go on writing rows that point to the customer.
    """
    return Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def refuse_erased(customer: Customer) -> None:
    """Refuse to write down anything personal of somebody who was erased; the row is held."""
    if Erasure.objects.filter(pk=customer.pk).exists():
        raise CustomerErased
