"""The way in for doors: a customer or what hangs on one, for who may, and it is noted."""

from django.contrib.auth.models import AnonymousUser

from regulars.book.models import Contact, Customer, Promise
from regulars.book.queries.restrictions import is_restricted
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.rights import Action
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.ids import from_readable
from regulars.kit.texts import N_

PREFIX = "cus"
PROMISE_PREFIX = "prm"
CONTACT_PREFIX = "con"


class NoSuchCustomer(Refusal):
    """Nobody in the book has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_customer",
            N_("There is no such customer in the book."),
            N_("Look for them by name, e-mail or order number."),
        )


class CustomerRestricted(Refusal):
    """The customer's data is kept and not used."""

    def __init__(self) -> None:
        super().__init__(
            "customer_restricted",
            N_("The use of this customer’s data is restricted."),
            N_("Ask a manager or an owner: they answer what people ask about their data."),
        )


class NoSuchPromise(Refusal):
    """No promise has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_promise",
            N_("There is no such promise."),
            N_("Open the customer; every promise is listed there."),
        )


class NoSuchContact(Refusal):
    """No contact has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_contact",
            N_("There is no such visit, call, chat or mail."),
            N_("Open the customer; every contact is listed there."),
        )


def customer_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Customer:
    """The customer, if this person may do this; the reading is noted.

    The id of a record that was joined into another finds the customer who is kept.
    """
    return record_for(user, readable_id, to=to).whole


def record_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Customer:
    """The very record, joined or not: for who splits it off, or looks at what was joined."""
    staff = staff_who(user, may=to)
    wanted = from_readable(PREFIX, readable_id)
    held = Customer.objects.select_related("kept")
    found = held.filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NoSuchCustomer
    _refuse_restricted(found, staff)
    audit.record("customer.read", by=staff.pk, subject_id=found.whole_id, to=str(to))
    return found


def promise_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Promise:
    """The promise with its customer, if this person may do this; the reading is noted."""
    staff = staff_who(user, may=to)
    wanted = from_readable(PROMISE_PREFIX, readable_id)
    found = Promise.objects.select_related("customer").filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NoSuchPromise
    _note("promise.read", found, staff, to)
    return found


def contact_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> Contact:
    """The contact with its customer, if this person may do this; the reading is noted."""
    staff = staff_who(user, may=to)
    wanted = from_readable(CONTACT_PREFIX, readable_id)
    found = Contact.objects.select_related("customer").filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NoSuchContact
    _refuse_restricted(found.customer, staff)
    _note("contact.read", found, staff, to)
    return found


def _refuse_restricted(customer: Customer, staff: Staff) -> None:
    """Refuse data that is kept and not used, but to those who answer what people ask about it."""
    if not staff.may(Action.ANSWER_RIGHTS) and is_restricted(customer):
        raise CustomerRestricted


def _note(action: str, found: Promise | Contact, staff: Staff, to: Action) -> None:
    """With the customer, so that whoever asks who read of them finds this too."""
    audit.record(
        action, by=staff.pk, subject_id=found.pk, to=str(to), customer=str(found.customer_id)
    )
