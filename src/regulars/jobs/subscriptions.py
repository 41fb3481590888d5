"""Who reads the timeline in this process; each subscriber has one line here."""

from dataclasses import dataclass

from regulars.book.services.event_counts import count_events
from regulars.book.services.reading import Handler
from regulars.jobs.erasures import mirror_erasures
from regulars.jobs.identity import KINDS, recognise
from regulars.messages.webhooks.queueing import queue_webhooks


@dataclass(frozen=True)
class Subscription:
    """A subscriber: its name (its place is kept under it), what it does, and the kinds it wants."""

    name: str
    handle: Handler
    kinds: frozenset[str] | None = None  # None: all


SUBSCRIPTIONS = (
    Subscription("event_counts", count_events),
    Subscription("erasures", mirror_erasures, frozenset({"customer.erased"})),
    Subscription("identity", recognise, KINDS),
    Subscription("webhooks", queue_webhooks),
)
