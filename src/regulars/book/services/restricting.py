"""A customer's data is kept and not used, until that is lifted (GDPR, article 18).

What holds then: `docs/rights.md`.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.book.models import Customer, Restriction
from regulars.book.models.restriction import RestrictionGround
from regulars.book.queries.restrictions import restriction_of
from regulars.book.queries.wholes import hanging_on
from regulars.book.services.joining import hold_wholes
from regulars.book.services.telling import refuse_erased, telling
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class AlreadyRestricted(Refusal):
    """Another ground keeps the data from use."""

    def __init__(self, ground: str) -> None:
        super().__init__(
            "already_restricted",
            N_("The use of this customer’s data is restricted already, on the ground: {ground}."),
            N_("Lift that first, if the new ground should stand in its place."),
            ground=ground,
        )


class NotRestricted(Refusal):
    """There is nothing to lift."""

    def __init__(self) -> None:
        super().__init__(
            "not_restricted",
            N_("The use of this customer’s data is not restricted."),
            N_("See that this is the right customer; else nothing is left to be done."),
        )


@transaction.atomic
def restrict_customer(
    customer: Customer,
    *,
    ground: RestrictionGround,
    at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Restriction:
    """Keep the data of all records of a customer from use. Asking twice restricts once."""
    told = telling(at, source=source, source_key=source_key, by=by)
    (whole,) = hold_wholes([customer])
    if (again := told.before("customer.restricted")) is not None:
        return Restriction.objects.get(pk=again)
    refuse_erased(whole)
    if (held := restriction_of(whole)) is not None:
        if held.ground != ground:
            raise AlreadyRestricted(held.ground)
        return held
    made = Restriction.objects.create(customer=whole, ground=ground, began_at=told.at)
    told.write(
        "customer.restricted",
        whole,
        subject="restriction",
        subject_id=made.pk,
        codes={"ground": ground},
    )
    return made


@transaction.atomic
def lift_restriction(
    customer: Customer,
    *,
    at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> None:
    """The data may be used again. The customer is told before (article 18(3)), by a person."""
    told = telling(at, source=source, source_key=source_key, by=by)
    (whole,) = hold_wholes([customer])
    if told.was_done_to("customer.unrestricted", whole.pk):
        return
    # Two records that were joined may each have brought one.
    held = Restriction.objects.filter(hanging_on(whole), lifted_at=None)
    for restriction in held:
        restriction.lifted_at = max(told.at, restriction.began_at)
        restriction.save(update_fields=["lifted_at"])
    if not held:
        raise NotRestricted
    told.write("customer.unrestricted", whole, subject="customer", subject_id=whole.pk, codes={})
