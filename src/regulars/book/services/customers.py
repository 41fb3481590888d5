"""Customers come into the book."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from regulars.book.known import Known
from regulars.book.models import Customer, Event
from regulars.book.models.customer import CustomerKind, Relationship
from regulars.book.services.events import record_event
from regulars.book.services.search_keys import renew_search_keys
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class IdentityTaken(Refusal):
    """Somebody else in the book is known by this already."""

    def __init__(self, known: Known) -> None:
        super().__init__(
            "identity_taken",
            N_("Another customer is known by this {kind} already."),
            N_("Open that customer; join the two if they are the same."),
            kind=str(known.kind),
        )


@transaction.atomic
def take_down_customer(
    *,
    name: str,
    known_by: Sequence[Known] = (),
    kind: CustomerKind = CustomerKind.PERSON,
    relationship: Relationship = Relationship.CONSUMER,
    language: str = "",
    source: str,
    source_key: str,
    by: UUID | None,
) -> Customer:
    """Write a new customer into the book. The same source and key again gives the first one."""
    already = Event.objects.filter(source=source, source_key=source_key).first()
    if already is not None and already.customer is not None:
        return already.customer
    made = Customer.objects.create(
        name=name.strip(), kind=kind, relationship=relationship, language=language
    )
    for known in known_by:
        _add_identity(made, known)
    record_event(
        "customer.made",
        customer=made,
        occurred_at=timezone.now(),
        source=source,
        source_key=source_key,
        staff_id=by,
        codes={"kind": kind, "relationship": relationship},
    )
    renew_search_keys([made.pk])
    return made


def _add_identity(customer: Customer, known: Known) -> None:
    try:
        with transaction.atomic():
            customer.identities.create(kind=known.kind, source=known.source, value=known.written())
    except IntegrityError as error:
        if "identity_belongs_to_one_customer" in str(error):
            raise IdentityTaken(known) from None
        raise
