"""Records of one customer that were joined, seen as one: the whole.

Rows hang on the record they came with. A question about a customer asks for the rows of all its
records; an answer about many names the one who stands for each.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from regulars.book.models import Customer, Identity


def records_of(customer: Customer) -> QuerySet[Customer]:
    """Every record of this customer, the one kept among them."""
    return Customer.objects.filter(Q(pk=customer.whole_id) | Q(kept=customer.whole_id))


def hanging_on(customer: Customer, field: str = "customer") -> Q:
    """Rows that hang on any record of this customer; costs no statement of its own."""
    return Q(**{f"{field}__in": records_of(customer).values("pk")})


def whole_of(field: str = "customer") -> Coalesce:
    """The id of who stands for the record that a row hangs on."""
    return Coalesce(F(f"{field}__kept_id"), F(f"{field}_id"))


def wholes_of(customer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Who stands for each record, {id: id of the whole}; one statement."""
    held = Customer.objects.filter(pk__in=set(customer_ids))
    return dict(held.values_list("pk", Coalesce("kept_id", "pk")))


def records_of_all(whole_ids: Iterable[UUID]) -> Q:
    """Rows whose record stands, or is stood for, by one of these."""
    ids = set(whole_ids)
    return Q(customer__in=ids) | Q(customer__kept__in=ids)


def identities_of(customer: Customer) -> Sequence[Identity]:
    """What all records of a customer are known by; one statement."""
    return list(Identity.objects.filter(hanging_on(customer)).order_by("kind", "source", "pk"))


def joins_of(customer: Customer) -> Sequence[Customer]:
    """What was joined into this customer, as it stands; each can be split off again."""
    held = Customer.objects.filter(kept=customer.whole_id).select_related("joined_into")
    return list(held.order_by("pk"))
