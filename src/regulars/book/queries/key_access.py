"""The way in for programs: one record or a page of them, for a key that may, and it is noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil, floor
from uuid import UUID

from django.db.models import Model, Prefetch, Q, QuerySet

from regulars.book.known import Known
from regulars.book.models import (
    Consent,
    Contact,
    Customer,
    FileImport,
    Identity,
    Order,
    OrderLine,
    Promise,
    Return,
    ReturnLine,
)
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.access import NoSuchContact, NoSuchCustomer, NoSuchPromise
from regulars.book.queries.commerce_access import NoSuchRecord
from regulars.book.queries.wholes import hanging_on, whole_of
from regulars.company.models import ApiKey
from regulars.company.queries.keys import refuse_without
from regulars.company.scopes import Scope
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

MOST = 200
_BITS = 80  # of an id, after its milliseconds


class NoSuchConsent(Refusal):
    """No consent has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_consent",
            N_("There is no such consent in the book."),
            N_("Look for it under its customer."),
        )


class NoSuchIdentity(Refusal):
    """Nobody is known by this."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_identity",
            N_("Nobody is known by this."),
            N_("Read the customer; what they are known by is listed there."),
        )


class NoSuchImport(Refusal):
    """No import has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_import",
            N_("There is no such import."),
            N_("List the imports; the id stands in the answer of each."),
        )


@dataclass(frozen=True)
class Made:
    """When records came into the book; None is no bound. Milliseconds count."""

    gte: datetime | None = None
    gt: datetime | None = None
    lte: datetime | None = None
    lt: datetime | None = None

    def ids(self) -> Q:
        """As a condition on ids, which begin with the time they were made."""
        found = Q()
        for told, is_low, nth in (
            (self.gte, True, ceil),
            (self.gt, True, _after),
            (self.lte, False, _after),
            (self.lt, False, ceil),
        ):
            if told is not None:
                bound = UUID(int=max(0, nth(told.timestamp() * 1000)) << _BITS)
                found &= Q(pk__gte=bound) if is_low else Q(pk__lt=bound)
        return found


def made_at(record_id: UUID) -> datetime:
    """When a record came into the book: its id begins with that."""
    return datetime.fromtimestamp((record_id.int >> _BITS) / 1000, UTC)


def _after(milliseconds: float) -> int:
    return floor(milliseconds) + 1


@dataclass(frozen=True)
class PageWanted:
    """Records after one, so many, and of which kind."""

    limit: int
    after: UUID | None = None
    made: Made = Made()
    customer: UUID | None = None
    fields: Mapping[str, object] = field(default_factory=dict)  # what a column holds


@dataclass(frozen=True)
class Page[T: Model]:
    """Records in the order in which they were made, and whether there are more."""

    records: Sequence[T]
    has_more: bool


@dataclass(frozen=True)
class Door[T: Model]:
    """How one kind of record is read."""

    kind: type[T]
    scope: Scope
    missing: Refusal
    rows: QuerySet[T]
    whose: str | None = "customer"  # None: it is nobody's


_LINES = Prefetch(
    "lines", OrderLine.objects.select_related("product__category").order_by("position")
)
_BACK = Prefetch("lines", ReturnLine.objects.select_related("product", "order_line").order_by("pk"))
_IDENTITIES = Prefetch("identities", Identity.objects.order_by("kind", "source", "value"))
CUSTOMER = Door(
    Customer,
    Scope.READ_CUSTOMERS,
    NoSuchCustomer(),
    Customer.objects.select_related("kept").prefetch_related(_IDENTITIES),
    "pk",
)
ORDER = Door(
    Order,
    Scope.READ_ORDERS,
    NoSuchRecord(Order),
    Order.objects.select_related("customer").prefetch_related(_LINES),
)
RETURN = Door(
    Return,
    Scope.READ_ORDERS,
    NoSuchRecord(Return),
    Return.objects.select_related("customer").prefetch_related(_BACK),
)
CONTACT = Door(
    Contact,
    Scope.READ_CONTACTS,
    NoSuchContact(),
    Contact.objects.select_related("customer").prefetch_related("notes"),
)
PROMISE = Door(
    Promise,
    Scope.READ_PROMISES,
    NoSuchPromise(),
    Promise.objects.select_related("customer"),
)
CONSENT = Door(
    Consent,
    Scope.READ_CONSENTS,
    NoSuchConsent(),
    Consent.objects.select_related("customer", "wording"),
)
IDENTITY = Door(
    Identity,
    Scope.READ_CUSTOMERS,
    NoSuchIdentity(),
    Identity.objects.select_related("customer"),
)
IMPORT = Door(FileImport, Scope.READ_IMPORTS, NoSuchImport(), FileImport.objects.all(), None)


def known_by(
    *, email: str | None, phone: str | None, source: str | None, external_id: str | None
) -> Q:
    """Records as which somebody is known; joined ones find who is kept. No condition for none."""
    found = Q()
    for kind, value, of in (
        (IdentityKind.EMAIL, email, ""),
        (IdentityKind.PHONE, phone, ""),
        (IdentityKind.EXTERNAL, external_id, source or ""),
    ):
        if value:
            known = Identity.objects.filter(
                kind=kind, source=of, value=Known(kind, value, of).written()
            )
            found &= Q(pk__in=known.annotate(whole=whole_of()).values("whole"))
    return found


def record_by_key[T: Model](key: ApiKey, door: Door[T], record_id: UUID) -> T:
    """One record, if the key may read it; the reading is noted with its customer."""
    refuse_without(key, door.scope)
    found = door.rows.filter(pk=record_id).first()
    if found is None:
        raise door.missing
    if isinstance(found, Customer) and found.kept is not None:
        found = door.rows.get(pk=found.kept_id)
    _note(key, door, [found])
    return found


def page_by_key[T: Model](
    key: ApiKey, door: Door[T], wanted: PageWanted, *, only: Q | None = None
) -> Page[T]:
    """A page of records, if the key may read them; it is noted which were shown."""
    refuse_without(key, door.scope)
    rows = door.rows.filter(wanted.made.ids(), only or Q(), **wanted.fields).order_by("pk")
    if wanted.customer is not None:
        rows = rows.filter(_of_customer(wanted.customer))
    if wanted.after is not None:
        rows = rows.filter(pk__gt=wanted.after)
    found = list(rows[: wanted.limit + 1])
    shown = found[: wanted.limit]
    _note(key, door, shown)
    return Page(shown, len(found) > wanted.limit)


def _of_customer(customer_id: UUID) -> Q:
    found = Customer.objects.filter(pk=customer_id).first()
    if found is None:
        raise NoSuchCustomer
    return hanging_on(found)


def _note[T: Model](key: ApiKey, door: Door[T], shown: Sequence[T]) -> None:
    """One entry a request, with the customers: whoever asks who read of them finds it."""
    if door.whose is None or not shown:
        return
    action = f"{door.kind._meta.model_name}.read"
    column = "pk" if door.whose == "pk" else f"{door.whose}_id"
    whose = {str(getattr(record, column)) for record in shown} - {"None"}
    only = shown[0].pk if len(shown) == 1 else None
    audit.record_by(
        key,
        action,
        subject_id=only,
        n=len(shown),
        customer=" ".join(sorted(whose)),
    )
