"""What was said between a customer and the company."""

from collections.abc import Sequence

from regulars.book.models import Contact, Customer


def contacts_of(customer: Customer, *, most: int = 100) -> Sequence[Contact]:
    """A customer's contacts with their notes, the latest first; two statements."""
    held = customer.contacts.select_related("staff").prefetch_related("notes")
    return list(held.order_by("-started_at", "-id")[:most])
