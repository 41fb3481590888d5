"""What happens with customers, in words: one for each kind of event."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from regulars.board.templatetags.texts import say
from regulars.book.queries.event_counts import n_events_by_kind
from regulars.kit.texts import N_

WORDS = {
    "customer.made": N_("Customers taken down"),
    "customer.changed": N_("Customers changed"),
    "customer.identified": N_("Ways added by which a customer is known"),
    "customer.unidentified": N_("Ways removed by which a customer was known"),
    "customer.erased": N_("Customers erased"),
    "affiliation.begun": N_("People who came to an organisation"),
    "affiliation.ended": N_("People who left an organisation"),
    "order.placed": N_("Orders placed"),
    "order.changed": N_("Orders changed"),
    "order.cancelled": N_("Orders cancelled"),
    "order.returned": N_("Returns"),
    "return.changed": N_("Returns changed"),
    "invoice.issued": N_("Invoices issued"),
    "invoice.changed": N_("Invoices changed"),
    "invoice.paid": N_("Invoices paid"),
    "invoice.disputed": N_("Invoices disputed"),
    "dispute.resolved": N_("Disputes resolved"),
    "visit": N_("Visits"),
    "call": N_("Calls"),
    "chat": N_("Chats"),
    "email.received": N_("E-mails received"),
    "email.sent": N_("E-mails sent"),
    "contact.ended": N_("Visits, calls and chats ended"),
    "promise.made": N_("Promises made"),
    "promise.moved": N_("Promises moved"),
    "promise.warned": N_("Promises soon due"),
    "promise.broken": N_("Promises broken"),
    "promise.not_broken": N_("Breaches that turned out to be none"),
    "promise.kept": N_("Promises kept"),
    "promise.withdrawn": N_("Promises withdrawn"),
    "consent.given": N_("Consents given"),
    "consent.withdrawn": N_("Consents withdrawn"),
    "interest.told": N_("Interests told"),
    "interest.learned": N_("Interests learned"),
    "interest.dropped": N_("Interests dropped"),
    "day.noted": N_("Important days noted"),
    "day.dropped": N_("Important days dropped"),
}


def came_in_today(now: datetime, zone: ZoneInfo) -> Sequence[tuple[str, int]]:
    """What happened since midnight where the company is, in words, the most frequent first."""
    today = now.astimezone(zone).date()
    start, end = (datetime.combine(day, time.min, zone) for day in (today, today + timedelta(1)))
    counted = n_events_by_kind(start=start, end=end)
    return [(say(WORDS.get(kind, kind)), n) for kind, n in counted.items()]
