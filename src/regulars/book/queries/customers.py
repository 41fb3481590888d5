"""Finding customers."""

from regulars.book.known import Known
from regulars.book.models import Customer, Identity


def customer_known_by(known: Known) -> Customer | None:
    """The record that is known by this, if any: what comes in by it hangs on that record.

    `whole` is the customer, where it was joined into another.
    """
    found = Identity.objects.filter(
        kind=known.kind, source=known.source, value=known.written()
    ).select_related("customer__kept")
    return next((identity.customer for identity in found), None)


def n_customers() -> int:
    """How many customers the book holds; the records of one count once."""
    return Customer.objects.filter(kept=None).count()
