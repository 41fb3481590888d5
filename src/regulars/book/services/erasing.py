"""Taking a person out of the book: what happened stays, who it was goes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regulars.book.erasure_ledger import Ledger
from regulars.book.models import Customer, Erasure
from regulars.book.queries.restrictions import restriction_of
from regulars.book.queries.wholes import records_of
from regulars.book.services.events import record_event
from regulars.book.services.forgetting import forget
from regulars.book.services.joining import hold_wholes
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class KeptByRestriction(Refusal):
    """Whose data is restricted wants it kept, until the restriction is lifted."""

    def __init__(self, ground: str) -> None:
        super().__init__(
            "kept_by_restriction",
            N_("The use of this customer’s data is restricted, so it is kept: {ground}."),
            N_("Ask the customer; then lift the restriction, and erase."),
            ground=ground,
        )


@transaction.atomic
def erase_customer(customer: Customer, *, by: UUID | None) -> Erasure:
    """Remove the name and everything that says who it was. Asking twice erases once.

    Every record that was joined is erased with it. The timeline holds ids and codes alone and
    stays, so that the figures stay true.
    """
    (whole,) = hold_wholes([customer])
    if (held := restriction_of(whole)) is not None:
        raise KeptByRestriction(held.ground)
    records = records_of(whole).order_by("pk").values_list("pk", flat=True)
    at = timezone.now()
    erased = {record: _erase(record, by=by, at=at) for record in records}
    return erased[customer.pk]


def erase_customers(customer_ids: Iterable[UUID], *, by: UUID | None) -> None:
    """The same for many, each in a transaction of its own; one that is not there is left out."""
    for customer in Customer.objects.filter(pk__in=list(customer_ids)).order_by("pk"):
        erase_customer(customer, by=by)


@transaction.atomic
def repeat_erasures(ledger: Ledger) -> int:
    """Erase again whom the list names and this database does not; gives how many there were.

    The very records: an older database may hold joins that were split before the erasure.
    """
    missing = ledger.keys() - set(Erasure.objects.values_list("pk", flat=True))
    for customer_id in sorted(missing):
        _erase(customer_id, by=None, at=ledger[customer_id])
    return len(missing)


@transaction.atomic
def _erase(customer_id: UUID, *, by: UUID | None, at: datetime) -> Erasure:
    # The row is the lock: whoever adds to this customer meanwhile comes before or after.
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if already := Erasure.objects.filter(pk=customer_id).first():
        return already
    erased = Erasure.objects.create(customer_id=customer_id, erased_at=at)
    audit.record("customer.erased", by=by, subject_id=customer_id)
    # After an older backup was restored, somebody who came later is not there, and stays listed.
    if customer is not None:
        forget([customer.pk])
        customer.name = customer.language = ""
        customer.save(update_fields=["name", "language"])
        record_event(
            "customer.erased",
            customer=customer,
            occurred_at=at,
            source="erasure",
            source_key=str(customer_id),
            staff_id=by,
        )
    return erased
