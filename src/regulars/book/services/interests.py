"""Interests are told and learned, and dropped."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.book.models import Customer, Interest
from regulars.book.models.interest import InterestOrigin
from regulars.book.services.fitting import BadValue, check_code
from regulars.book.services.telling import hold, refuse_erased, telling
from regulars.kit.texts import N_


@dataclass(frozen=True)
class Liking:
    """What a customer thinks of a topic, as it was told or learned."""

    topic: str
    is_wanted: bool = True
    strength_share: float = 1.0
    origin: InterestOrigin = InterestOrigin.TOLD


@transaction.atomic
def note_interest(
    customer: Customer,
    liking: Liking,
    *,
    at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Interest | None:
    """Note an interest; the latest word on a topic holds, in whatever order words arrive.

    Gives the interest as it stands; None for a repeated call where it was dropped since.
    """
    check_code("topic", liking.topic, most=60)
    if not 0 < liking.strength_share <= 1:
        raise BadValue(
            "strength_share", liking.strength_share, N_("Give a number above 0 and up to 1.")
        )
    told = telling(at, source=source, source_key=source_key, by=by)
    kind = f"interest.{liking.origin}"
    customer = hold(customer)
    if (again := told.before(kind)) is not None:
        return Interest.objects.filter(pk=again).first()
    refuse_erased(customer)
    said = {
        "is_wanted": liking.is_wanted,
        "strength_share": liking.strength_share,
        "noted_at": told.at,
    }
    interest, is_new = Interest.objects.get_or_create(
        customer=customer, topic=liking.topic, origin=liking.origin, defaults=said
    )
    if not is_new and told.at >= interest.noted_at:
        for field, value in said.items():
            setattr(interest, field, value)
        interest.save(update_fields=list(said))
    told.write(
        kind,
        customer,
        subject="interest",
        subject_id=interest.pk,
        codes={
            "topic": liking.topic,
            "is_wanted": liking.is_wanted,
            "strength_share": liking.strength_share,
        },
    )
    return interest


@transaction.atomic
def drop_interest(interest: Interest, *, source: str, source_key: str, by: UUID | None) -> None:
    """Forget an interest that was never one; not the same as one that is not wanted."""
    told = telling(None, source=source, source_key=source_key, by=by)
    customer = hold(interest.customer)
    if told.was_done_to("interest.dropped", interest.pk):
        return
    Interest.objects.filter(pk=interest.pk).delete()
    told.write(
        "interest.dropped",
        customer,
        subject="interest",
        subject_id=interest.pk,
        codes={"topic": interest.topic, "origin": interest.origin},
    )
