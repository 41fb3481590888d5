"""Promises that programs send, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.book.importing.promises import WAY
from regulars.book.models import Customer, Order
from regulars.book.models.promise import PromiseKind
from regulars.book.queries.commerce_access import NoSuchRecord
from regulars.book.sent.people import Who
from regulars.book.sent.results import Result, keep_each
from regulars.book.sent.ways import ids_by_event, kept_by_way
from regulars.book.services.bulk_promises import PromiseTold
from regulars.kit.errors import Refusal


@dataclass(frozen=True, kw_only=True)
class PromiseSent:
    """One promise as its source knows it now."""

    source: str
    external_id: str
    customer: Who | None
    kind: PromiseKind
    made_at: datetime
    due_at: datetime
    order_id: UUID | None = None
    kept_at: datetime | None = None
    withdrawn_at: datetime | None = None


def keep_promises(sent: Sequence[PromiseSent]) -> list[Result]:
    """Make promises, move, keep and withdraw them, as their sources tell."""
    return keep_each(sent, _keep)


def _keep(source: str, sent: Sequence[tuple[PromiseSent, UUID | None]]) -> list[Result]:
    wanted = {each.order_id for each, _ in sent if each.order_id}
    orders = Order.objects.in_bulk(wanted)

    def told(each: PromiseSent, customer: UUID | None) -> PromiseTold | Refusal:
        if each.order_id and each.order_id not in orders:
            return NoSuchRecord(Order)
        return PromiseTold(
            source=source,
            source_key=each.external_id,
            customer=Customer(pk=customer),
            kind=each.kind,
            made_at=each.made_at,
            due_at=each.due_at,
            order=orders[each.order_id] if each.order_id else None,
            kept_at=each.kept_at,
            withdrawn_at=each.withdrawn_at,
        )

    return kept_by_way(
        [told(*each) for each in sent],
        WAY,
        lambda kept: ids_by_event(source, "promise", [each.source_key for each in kept]),
    )
