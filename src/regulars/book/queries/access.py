"""The way in for doors: a customer, for somebody who may, and it is noted."""

from django.contrib.auth.models import AnonymousUser

from regulars.book.models import Customer
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.rights import Action
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.ids import from_readable
from regulars.kit.texts import N_

PREFIX = "cus"


class NoSuchCustomer(Refusal):
    """Nobody in the book has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_customer",
            N_("There is no such customer in the book."),
            N_("Look for them by name, e-mail or order number."),
        )


def customer_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Customer:
    """The customer, if this person may do this; the reading is noted."""
    staff = staff_who(user, may=to)
    wanted = from_readable(PREFIX, readable_id)
    found = Customer.objects.filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NoSuchCustomer
    audit.record("customer.read", by=staff.pk, subject_id=found.pk, to=str(to))
    return found
