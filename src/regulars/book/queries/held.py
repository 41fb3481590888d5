"""Everything that is held on one person, for whoever answers what they ask about their data."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from regulars.book.held import HeldTable, held_tables
from regulars.book.known import Known
from regulars.book.models import Category, Customer, Identity
from regulars.book.models.customer import IdentityKind
from regulars.book.phones import country_of_company, international
from regulars.book.queries.access import PREFIX
from regulars.book.queries.customers import customer_known_by
from regulars.book.queries.wholes import records_of
from regulars.company.models import AuditEntry, Staff
from regulars.company.queries.access import staff_who
from regulars.company.queries.company import branches, channels, the_company
from regulars.company.rights import Action
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.ids import from_readable, readable
from regulars.kit.texts import N_

type Asker = Staff | AnonymousUser | None  # None: the house itself, at its own command line
type Row = Mapping[str, object]


@dataclass(frozen=True)
class Part:
    """The rows of one table; column by column as the table declares them."""

    table: HeldTable
    rows: Sequence[Row]


@dataclass(frozen=True)
class Seen:
    """Somebody or something read of the person, or changed something."""

    at: datetime
    action: str
    role: str  # of the member of staff, "program" or "house": names of colleagues stay here


@dataclass(frozen=True)
class Held:
    """What is held on a person, at one moment."""

    customer: str  # the readable id of who is kept
    records: Sequence[str]  # of all records that were joined
    company: str
    time_zone: str
    language: str  # of the person, else the company's first
    names: Mapping[str, str]  # what the company calls its own codes
    made_at: datetime
    parts: Sequence[Part]
    seen: Sequence[Seen]


class NobodySought(Refusal):
    """Nobody has this id, e-mail, phone or card."""

    def __init__(self, sought: str) -> None:
        super().__init__(
            "no_such_customer",
            N_("Nobody in the book is known by {sought!r}."),
            N_("Write it whole: an e-mail, a phone with + and its country, a card or an id."),
            sought=sought,
        )


def person_sought_for(asker: Asker, sought: str, *, to: Action) -> Customer:
    """The customer with this id, e-mail, phone or card, exactly; the reading is noted."""
    staff = None if asker is None else staff_who(asker, may=to)
    found = _by_id(sought) or _by_identity(sought)
    if found is None:
        raise NobodySought(sought)
    by = staff.pk if staff else None
    audit.record("customer.read", by=by, subject_id=found.whole_id, to=str(to))
    return found.whole


def held_for(asker: Asker, sought: str) -> Held:
    """All that is held on a person, a statement a table; that it was given out is noted."""
    customer = person_sought_for(asker, sought, to=Action.ANSWER_RIGHTS)
    by = asker.pk if isinstance(asker, Staff) else None
    audit.record("customer.exported", by=by, subject_id=customer.pk)
    return held_on(customer)


def held_on(customer: Customer) -> Held:
    """The same, for a part of the house that has asked already who wants to know."""
    records = list(records_of(customer).order_by("pk"))
    ids = [record.pk for record in records]
    company = the_company()
    return Held(
        customer=readable(PREFIX, customer.whole_id),
        records=[readable(PREFIX, each) for each in ids],
        company=company.name,
        time_zone=company.time_zone,
        language=next((each.language for each in records if each.language), "")
        or company.first_language,
        names=_names(),
        made_at=timezone.now(),
        parts=[Part(table, _rows(table, ids)) for table in held_tables()],
        seen=list(_seen(ids)),
    )


def n_held(customer: Customer) -> Sequence[tuple[HeldTable, int]]:
    """How many rows of each table speak of a customer, of those that have any."""
    ids = list(records_of(customer).values_list("pk", flat=True))
    counted = ((table, rows_held(table, ids).count()) for table in held_tables())
    return [(table, n) for table, n in counted if n]


def rows_held(table: HeldTable, customer_ids: Sequence[UUID]) -> QuerySet[Any]:
    """The rows of one table that speak of any of these records."""
    ways = [Q(**{f"{way}__in": customer_ids}) for way in table.of]
    if table.address:
        known_by = Identity.objects.filter(customer__in=customer_ids).values("value")
        ways.append(Q(**{f"{table.address}__in": known_by}))
    return table.model._default_manager.filter(reduce(or_, ways)).order_by("pk")


def _by_id(sought: str) -> Customer | None:
    wanted = from_readable(PREFIX, sought.strip())
    if wanted is None:
        try:
            wanted = UUID(sought.strip())
        except ValueError:
            return None
    return Customer.objects.select_related("kept").filter(pk=wanted).first()


def _by_identity(sought: str) -> Customer | None:
    if "@" in sought:
        return customer_known_by(Known(IdentityKind.EMAIL, sought))
    phone = international(sought, country_of_company())
    by_phone = customer_known_by(Known(IdentityKind.PHONE, phone)) if phone else None
    return by_phone or customer_known_by(Known(IdentityKind.CARD, sought))


def _names() -> dict[str, str]:
    shelves = Category.objects.exclude(name="").values_list("code", "name")
    return dict(shelves) | {place.code: place.name for place in (*channels(), *branches())}


def _rows(table: HeldTable, customer_ids: Sequence[UUID]) -> Sequence[Row]:
    fields = [column.field for column in table.columns]
    currencies = [column.currency for column in table.columns if column.currency]
    return list(rows_held(table, customer_ids).values(*dict.fromkeys([*fields, *currencies])))


def _seen(customer_ids: Sequence[UUID]) -> Iterable[Seen]:
    """Entries of the audit log that speak of the person, the latest first; two statements.

    An entry names the customer as its subject, among its facts, or in a list of who was shown.
    """
    ids = [str(each) for each in customer_ids]
    named = (Q(facts__shown__contains=each) for each in ids)
    spoken_of = Q(subject_id__in=customer_ids) | Q(facts__customer__in=ids)
    entries = AuditEntry.objects.filter(reduce(or_, named, spoken_of)).order_by("-id")
    found = list(entries.values_list("at", "action", "staff_id", "key_id"))
    staff = {staff_id for _, _, staff_id, _ in found if staff_id}
    roles = dict(Staff.objects.filter(pk__in=staff).values_list("pk", "role"))
    for at, action, staff_id, key_id in found:
        role = roles.get(staff_id, "") if staff_id else "program" if key_id else "house"
        yield Seen(at, action, role)


def happened(held: Held) -> Counter[str]:
    """How often each kind of event happened with the person."""
    events = (part.rows for part in held.parts if part.table.name == "events")
    return Counter(str(row["kind"]) for rows in events for row in rows)
