"""Who may be written to, on which channel and for what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from regulars.book.models import Consent, Customer
from regulars.book.models.consent import MessageChannel, MessagePurpose
from regulars.book.queries.restrictions import restricted_wholes
from regulars.book.queries.wholes import hanging_on, records_of_all, whole_of


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
    """Those of the customers who agreed; two statements, of which service needs one.

    The latest word said under any record of a customer holds for all of them. Service messages
    belong to what a customer asked for, and need no consent. Whoever had the use of their data
    restricted gets none at all: a person writes to them.
    """
    wholes = _unrestricted_wholes(customer_ids)
    if purpose is MessagePurpose.SERVICE:
        return set(wholes)
    said = Consent.objects.filter(
        records_of_all(wholes.values()),
        channel=channel,
        purpose=purpose,
        occurred_at__lte=at or timezone.now(),
    )
    latest = _latest(said).values_list("whole", "is_given")
    agreed = {whole for whole, is_given in latest if is_given}
    return {customer_id for customer_id, whole in wholes.items() if whole in agreed}


def consents_of(customer: Customer) -> list[Consent]:
    """What holds for a customer: the latest word for each channel and purpose; one statement."""
    return list(_latest(_said_by(customer)))


def consent_history(customer: Customer) -> QuerySet[Consent]:
    """Everything a customer agreed to and took back, the latest first."""
    return _said_by(customer).order_by("-occurred_at", "-recorded_at")


def _unrestricted_wholes(customer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Who stands for each record, {id: id of the whole}, of those whose data may be used."""
    restricted = restricted_wholes()
    held = Customer.objects.filter(pk__in=set(customer_ids))
    free = held.exclude(Q(kept__in=restricted) | Q(kept=None, pk__in=restricted))
    return dict(free.values_list("pk", Coalesce("kept_id", "pk")))


def _said_by(customer: Customer) -> QuerySet[Consent]:
    return Consent.objects.filter(hanging_on(customer)).select_related("wording")


def _latest(said: QuerySet[Consent]) -> QuerySet[Any, Any]:
    """One row for each customer, channel and purpose; at the same moment "no" wins."""
    pair = ("whole", "channel", "purpose")
    whole = said.annotate(whole=whole_of())
    return whole.order_by(*pair, "-occurred_at", "is_given").distinct(*pair)
