"""Kinds of personal data that a rule of retention can be set for, and what goes by it.

No kind removes orders, returns, invoices, consents or events: they hold ids, codes and amounts,
and what a law says of invoices is kept by whoever they are of not being erased meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from regulars.book.models import (
    Affiliation,
    Customer,
    Dispute,
    Erasure,
    Event,
    FileImport,
    Interest,
    Invoice,
    Note,
    Promise,
)
from regulars.book.models.customer import CustomerKind
from regulars.book.queries.restrictions import restricted_wholes
from regulars.kit.texts import N_

# By what customers are still there; what we did, such as writing to them, says nothing of it.
SIGNS_OF_LIFE = (
    "customer.made",
    "order.placed",
    "order.returned",
    "invoice.paid",
    "invoice.disputed",
    "visit",
    "call",
    "chat",
    "email.received",
    "promise.made",
    "consent.given",
    "consent.withdrawn",
    "interest.told",
)
_OPEN_PROMISE = Q(kept_at=None, withdrawn_at=None)

type Rules = Mapping[str, int]  # days by kind, of the rules that hold
type Going = Callable[[datetime, Rules], QuerySet[Any]]


class Deed(StrEnum):
    """What happens with rows whose time has passed."""

    ERASE = "erase"  # the customer, as on request
    DELETE = "delete"
    EMPTY = "empty"  # the row stays without what says who it was
    KEEP = "keep"  # nothing: until then, nobody whom these rows speak of is erased by a rule


DEED_WORDS = {
    Deed.ERASE: N_("erase"),
    Deed.DELETE: N_("delete"),
    Deed.EMPTY: N_("empty"),
    Deed.KEEP: N_("keep"),
}


@dataclass(frozen=True)
class Kind:
    """One kind; `example_days` is what some company might set, and does nothing by itself."""

    what: str
    title: str
    deed: Deed
    example_days: int
    going: Going
    age: str = ""  # the field that says how old a row is
    event: str = ""  # written for each customer whose rows went
    of: Sequence[str] = ()  # ways from a row to the id of its customer
    emptied: Mapping[str, object] | None = None  # the fields that are emptied, and to what


def _before(now: datetime, rules: Rules, what: str) -> datetime:
    return now - timedelta(days=rules[what])


def _hangs_on_customer(model: type[Model], way: str, which: Q) -> Exists:
    """Whether a row hangs on any record of a customer."""
    held = model._default_manager.filter(which)
    one = Q(**{way: OuterRef("pk")}) | Q(**{f"{way}__kept": OuterRef("pk")})
    return Exists(held.filter(one))


def _quiet_customers(now: datetime, rules: Rules) -> QuerySet[Customer]:
    """People who have shown no sign of life; not while something is open between us."""
    before = _before(now, rules, "customers")
    lived = Q(kind__in=SIGNS_OF_LIFE, occurred_at__gte=before)
    open_things = [
        (Event, "customer", lived),
        (Promise, "customer", _OPEN_PROMISE),
        (Invoice, "customer", Q(paid_on=None)),
        (Dispute, "invoice__customer", Q(resolved_at=None)),
    ]
    if "invoices" in rules:
        young = Q(issued_on__gte=_before(now, rules, "invoices").date())
        open_things.append((Invoice, "customer", young))
    people = Customer.objects.filter(kept=None, kind=CustomerKind.PERSON, made_at__lt=now)
    people = people.exclude(pk__in=Erasure.objects.values("pk"))
    people = people.exclude(pk__in=restricted_wholes())
    for model, way, which in open_things:
        people = people.filter(~_hangs_on_customer(model, way, which))
    return people


def _unrestricted(rows: QuerySet[Any], *ways: str) -> QuerySet[Any]:
    """Rows of people whose data may be used: whoever restricted it wants it kept."""
    restricted = restricted_wholes()
    for way in ways:
        held = Q(**{f"{way}__in": restricted}) | Q(**{f"{way}__kept__in": restricted})
        rows = rows.exclude(held & Q(**{f"{way}__isnull": False}))
    return rows


def _old_notes(now: datetime, rules: Rules) -> QuerySet[Note]:
    old = Note.objects.filter(written_at__lt=_before(now, rules, "notes"))
    is_open = Q(promise__isnull=False, promise__kept_at=None, promise__withdrawn_at=None)
    return _unrestricted(old.exclude(is_open), "contact__customer", "promise__customer")


def _old_interests(now: datetime, rules: Rules) -> QuerySet[Interest]:
    old = Interest.objects.filter(noted_at__lt=_before(now, rules, "interests"))
    return _unrestricted(old, "customer")


def _past_affiliations(now: datetime, rules: Rules) -> QuerySet[Affiliation]:
    before = _before(now, rules, "affiliations").date()
    return _unrestricted(Affiliation.objects.filter(until_on__lt=before), "person")


def _old_imports(now: datetime, rules: Rules) -> QuerySet[FileImport]:
    old = FileImport.objects.filter(ended_at__lt=_before(now, rules, "imports"))
    return old.exclude(files=[])


def _none(_now: datetime, _rules: Rules) -> QuerySet[Invoice]:
    return Invoice.objects.none()


_BOOK = (
    Kind("customers", N_("People who gave no sign of life"), Deed.ERASE, 3 * 365,
         _quiet_customers, age="made_at"),
    Kind("notes", N_("Notes about contacts and promises"), Deed.DELETE, 2 * 365,
         _old_notes, age="written_at", event="note.dropped",
         of=("contact__customer_id", "promise__customer_id")),
    Kind("interests", N_("What interests people"), Deed.DELETE, 2 * 365,
         _old_interests, age="noted_at", event="interest.expired", of=("customer_id",)),
    Kind("affiliations", N_("Places in organisations that ended"), Deed.DELETE, 3 * 365,
         _past_affiliations, age="until_on", event="affiliation.dropped", of=("person_id",)),
    Kind("imports", N_("Names and digests of files that were imported"), Deed.EMPTY, 365,
         _old_imports, age="ended_at", emptied={"files": []}),
    Kind("invoices", N_("Invoices: until then nobody they are of is erased by a rule"),
         Deed.KEEP, 7 * 366, _none),
)  # fmt: skip
_declared: dict[str, Kind] = {kind.what: kind for kind in _BOOK}


def declare(kinds: Sequence[Kind]) -> None:
    """Another context's kinds, from the `ready` of its app."""
    _declared.update((kind.what, kind) for kind in kinds)


def kinds() -> Mapping[str, Kind]:
    """Every kind that a rule can be set for, by its code."""
    return dict(_declared)


def customers_of(kind: Kind, rows: QuerySet[Any]) -> set[UUID]:
    """Whose rows these are."""
    told = rows.values_list(*kind.of) if kind.of else []
    return {customer_id for ways in told for customer_id in ways if customer_id is not None}
