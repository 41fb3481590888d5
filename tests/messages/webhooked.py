"""What the tests of webhooks have in common: an endpoint on loopback, events, and moved clocks."""

import json
from datetime import timedelta
from ipaddress import ip_network

from django.db.models import F

from regulars.book.models import Event
from regulars.book.services.events import record_event
from regulars.book.services.reading import read_events
from regulars.company.models import Staff
from regulars.company.rights import Role
from regulars.messages.carriers.webhook import WebhookCarrier
from regulars.messages.models import Endpoint, Outgoing
from regulars.messages.services.sending import send_next
from regulars.messages.webhooks.endpoints import add_endpoint
from regulars.messages.webhooks.queueing import queue_webhooks
from regulars.messages.webhooks.reach import WebhookReach
from tests.support.cast import at

LOOPBACK = WebhookReach((ip_network("127.0.0.0/8"),), is_https_only=False)


def owner():
    return Staff.objects.get_or_create(
        email="dee@example.org", defaults={"name": "Dee", "role": Role.OWNER}
    )[0]


def endpoint(url, **more):
    """An endpoint and its secret; the readers begin here."""
    return add_endpoint(name="Shop", url=f"{url}/hooks", by=owner(), **more)


def happened(customer, n=1, kind="order.placed"):
    """So many things that happen to a customer, in their order."""
    first = Event.objects.count()
    return [
        record_event(
            kind,
            customer=customer,
            occurred_at=at("2026-03-02 14:00"),
            source="desk",
            source_key=f"e{first + nth}",
            codes={"nth": first + nth},
        )
        for nth in range(n)
    ]


def read():
    """As the worker's reader does; gives how many messages were queued by it."""
    before = Outgoing.objects.count()
    while read_events("webhooks", queue_webhooks):
        pass
    return Outgoing.objects.count() - before


def send_all(sender):
    """As the worker's sender does, until nothing is ready."""
    while send_next(sender):
        pass


def states():
    return sorted(Outgoing.objects.values_list("state", flat=True))


def carrier():
    return WebhookCarrier(LOOPBACK)


def time_passes(**told):
    """As if so much time had passed: what waits for it is that much nearer."""
    time = timedelta(**told)
    Outgoing.objects.update(
        next_try_at=F("next_try_at") - time,
        admitted_at=F("admitted_at") - time,
        queued_at=F("queued_at") - time,
    )
    Endpoint.objects.update(
        held_until=F("held_until") - time, failing_since=F("failing_since") - time
    )


def ids(asked):
    return [each.headers["webhook-id"] for each in asked]


def bodies(asked):
    return [json.loads(each.body) for each in asked]


def names(events):
    return [f"evt_{event.position}" for event in events]
