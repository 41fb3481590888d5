"""Whose data is kept and not used."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from regulars.book.models import Customer, Restriction
from regulars.book.queries.wholes import hanging_on, records_of_all, whole_of, wholes_of


def restricted_wholes() -> QuerySet[Restriction, UUID]:
    """Ids of those who stand for a restricted record; for use within another query."""
    return Restriction.objects.filter(lifted_at=None).values_list(whole_of(), flat=True)


def restricted_among(customer_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the customers whose data may not be used; two statements.

    A restriction of one record holds for all records of the customer.
    """
    wholes = wholes_of(customer_ids)
    held = Restriction.objects.filter(records_of_all(wholes.values()), lifted_at=None)
    restricted = set(held.values_list(whole_of(), flat=True))
    return {customer_id for customer_id, whole in wholes.items() if whole in restricted}


def restriction_of(customer: Customer) -> Restriction | None:
    """What keeps the customer's data from use, the oldest of several; one statement."""
    held = Restriction.objects.filter(hanging_on(customer), lifted_at=None)
    return held.order_by("began_at", "pk").first()


def is_restricted(customer: Customer) -> bool:
    """Whether the customer's data may not be used; one statement."""
    return Restriction.objects.filter(hanging_on(customer), lifted_at=None).exists()
