"""Finding customers."""

from regulars.book.known import Known
from regulars.book.models import Customer, Identity


def customer_known_by(known: Known) -> Customer | None:
    """The customer who is known by this, if any."""
    found = Identity.objects.filter(
        kind=known.kind, source=known.source, value=known.written()
    ).select_related("customer")
    return next((identity.customer for identity in found), None)


def n_customers() -> int:
    """How many customers the book holds."""
    return Customer.objects.count()
