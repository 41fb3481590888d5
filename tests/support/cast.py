"""The cast of the tests: Ana and Bo are customers, Cy and Dee work here, and so does Eli."""

from datetime import UTC, datetime
from itertools import count

from regulars.book.models import Customer, Event
from regulars.book.models.customer import CustomerKind
from regulars.book.services.customers import take_down_customer
from regulars.company.models import AuditEntry, Staff
from regulars.company.rights import Role

_KEYS = count(1)
_ROLES = {"Cy": Role.AGENT, "Dee": Role.MANAGER, "Eli": Role.ANALYST}


def at(text):
    """A moment in UTC: at("2026-03-02 14:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(by=None, key=None):
    """Where a change comes from, with a key of its own."""
    key = key or f"key-{next(_KEYS)}"
    return {"source": "desk", "source_key": key, "by": by.pk if by else None}


def customer(name="Ana", kind=CustomerKind.PERSON):
    return take_down_customer(name=name, kind=kind, **told())


def organisation(name="Tehuset"):
    return customer(name, CustomerKind.ORGANISATION)


def works_here(name):
    return Staff.objects.create(
        name=name, email=f"{name.lower()}@example.org", role=_ROLES[name].value
    )


def events_of(who):
    """(kind, occurred at) of what happened after the customer came into the book, in order."""
    held = Event.objects.filter(customer=who).exclude(kind="customer.made").order_by("position")
    return list(held.values_list("kind", "occurred_at"))


def kinds_of(who):
    return [kind for kind, _ in events_of(who)]


def audited():
    """(action, staff) of what is in the audit log, by action: a transaction has one moment."""
    return list(AuditEntry.objects.order_by("action").values_list("action", "staff_id"))


def everything():
    """Every row of the book and the audit log, to assert that a refusal changed nothing."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (*Customer._meta.apps.get_app_config("book").get_models(), AuditEntry)
    }
