"""Events that no record of the book stands for, by the thousand. What happened does not change."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from regulars.book.kept import Outcome
from regulars.book.models import Event
from regulars.book.services.telling import SourceKeyTaken, past

_SAID = ("kind", "customer_id", "channel", "amount_minor", "currency", "occurred_at")


def known_events(told: Sequence[Event]) -> Mapping[str, bool]:
    """Of some events of one source those the timeline has, and whether in the same words."""
    wanted = {event.source_key: event for event in told}
    held = Event.objects.filter(source=told[0].source, source_key__in=wanted)
    return {event.source_key: _said(event) == _said(wanted[event.source_key]) for event in held}


def _said(event: Event) -> list[object]:
    return [getattr(event, name) for name in _SAID]


def is_past(event: Event) -> bool:
    """Whether it has happened."""
    return event.occurred_at <= timezone.now()


def add_events(told: Sequence[Event]) -> None:
    """Write events that the timeline does not have."""
    Event.objects.bulk_create(told)


def keep_event(event: Event) -> Outcome:
    """Write one; another under the same key is refused."""
    event.occurred_at = past(event.occurred_at)
    held = Event.objects.filter(source=event.source, source_key=event.source_key).first()
    if held is None:
        event.save(force_insert=True)
        return Outcome.NEW
    if _said(held) != _said(event):
        raise SourceKeyTaken(event.source, event.source_key)
    return Outcome.SAME
