"""What was said between a customer and the company."""

from collections.abc import Sequence

from regulars.book.models import Contact, Customer
from regulars.book.queries.wholes import hanging_on


def contacts_of(customer: Customer, *, most: int = 100) -> Sequence[Contact]:
    """A customer's contacts with their notes, the latest first; two statements."""
    held = Contact.objects.filter(hanging_on(customer)).select_related("staff")
    return list(held.prefetch_related("notes").order_by("-started_at", "-id")[:most])
