"""The way in for doors to orders, returns, invoices and disputes; each reading is noted."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from regulars.book.models import Dispute, Invoice, Order, Product, Return
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.rights import Action
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.ids import from_readable
from regulars.kit.texts import N_

PREFIXES: dict[type[Model], str] = {
    Order: "ord",
    Return: "ret",
    Invoice: "inv",
    Dispute: "dis",
    Product: "prd",
}
_MISSING: dict[type[Model], str] = {
    Order: N_("There is no such order in the book."),
    Return: N_("There is no such return in the book."),
    Invoice: N_("There is no such invoice in the book."),
    Dispute: N_("There is no such dispute in the book."),
    Product: N_("There is no such product in the book."),
}


class NoSuchRecord(Refusal):
    """Nothing of this kind in the book has this id."""

    def __init__(self, kind: type[Model]) -> None:
        super().__init__(
            f"no_such_{kind._meta.model_name}",
            _MISSING[kind],
            N_("Look for it by its number."),
        )


def order_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Order:
    """The order, if this person may do this; the reading is noted."""
    return _found(Order, user, readable_id, to=to)


def return_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Return:
    """The return, if this person may do this; the reading is noted."""
    return _found(Return, user, readable_id, to=to)


def invoice_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Invoice:
    """The invoice, if this person may do this; the reading is noted."""
    return _found(Invoice, user, readable_id, to=to)


def dispute_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Dispute:
    """The dispute, if this person may do this; the reading is noted."""
    return _found(Dispute, user, readable_id, to=to)


def product_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Product:
    """The product, if this person may do this. It is no personal data: nothing is noted."""
    staff_who(user, may=to)
    return _get(Product, readable_id)


def _found[T: Model](
    kind: type[T], user: Staff | AnonymousUser, readable_id: str, *, to: Action
) -> T:
    staff = staff_who(user, may=to)
    found = _get(kind, readable_id)
    audit.record(
        f"{kind._meta.model_name}.read",
        by=staff.pk,
        subject_id=found.pk,
        to=str(to),
        customer=_whose(found),
    )
    return found


def _whose(record: Model) -> str | None:
    """The customer, so that whoever asks who read of them finds this; None for anonymous sales."""
    held = record.invoice if isinstance(record, Dispute) else record
    customer_id: UUID | None = getattr(held, "customer_id", None)
    return str(customer_id) if customer_id else None


def _get[T: Model](kind: type[T], readable_id: str) -> T:
    wanted: UUID | None = from_readable(PREFIXES[kind], readable_id)
    found: T | None = kind._default_manager.filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NoSuchRecord(kind)
    return found
