"""Who may be written to, on which channel and for what."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from regulars.book.models import Consent, Customer
from regulars.book.models.consent import MessageChannel, MessagePurpose


def may_write(
    customer_id: UUID,
    channel: MessageChannel,
    purpose: MessagePurpose,
    *,
    at: datetime | None = None,
) -> bool:
    """Whether we may write to a customer; no, where nothing was ever said."""
    return customer_id in who_may_be_written_to([customer_id], channel, purpose, at=at)


def who_may_be_written_to(
    customer_ids: Iterable[UUID],
    channel: MessageChannel,
    purpose: MessagePurpose,
    *,
    at: datetime | None = None,
) -> set[UUID]:
    """Those of the customers who agreed; one statement.

    Service messages belong to what a customer asked for, and need no consent.
    """
    ids = set(customer_ids)
    if purpose is MessagePurpose.SERVICE:
        return ids
    said = Consent.objects.filter(
        customer_id__in=ids,
        channel=channel,
        purpose=purpose,
        occurred_at__lte=at or timezone.now(),
    )
    return {consent.customer_id for consent in _latest(said) if consent.is_given}


def consents_of(customer: Customer) -> list[Consent]:
    """What holds for a customer: the latest word for each channel and purpose; one statement."""
    return list(_latest(customer.consents.select_related("wording")))


def consent_history(customer: Customer) -> QuerySet[Consent]:
    """Everything a customer agreed to and took back, the latest first."""
    return customer.consents.select_related("wording").order_by("-occurred_at", "-recorded_at")


def _latest(said: QuerySet[Consent]) -> QuerySet[Consent]:
    """One row for each customer, channel and purpose; at the same moment "no" wins."""
    pair = ("customer_id", "channel", "purpose")
    return said.order_by(*pair, "-occurred_at", "is_given").distinct(*pair)
