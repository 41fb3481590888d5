"""Returns that programs send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pyarrow as pa

from regulars.book.importing.returns import WAY
from regulars.book.models import Customer, Order, OrderLine, Product
from regulars.book.models.returns import ReturnReason
from regulars.book.queries.commerce_access import NoSuchRecord
from regulars.book.sent.people import Who
from regulars.book.sent.results import Result, keep_each
from regulars.book.sent.ways import kept_by_way
from regulars.book.services.bulk_orders import product_ids
from regulars.book.services.returns import ReturnNotOfOrder
from regulars.book.told import LineBackTold, ReturnTold
from regulars.kit.errors import Refusal


@dataclass(frozen=True, kw_only=True)
class LineBackSent:
    """What came back: of a line of the order by its position, or of a product."""

    refund_minor: int
    quantity: Decimal = Decimal(1)
    position: int | None = None
    product_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReturnSent:
    """One return as its source knows it now; the order by its id or by its own number there."""

    source: str
    external_id: str
    returned_at: datetime
    currency: str
    lines: Sequence[LineBackSent]
    order_id: UUID | None = None
    order_external_id: str | None = None
    customer: Who | None = None
    channel: str = ""
    reason: ReturnReason | None = None
    tax_minor: int = 0
    shipping_minor: int = 0

    @property
    def is_of_order(self) -> bool:
        """Whether the order is named."""
        return bool(self.order_id or self.order_external_id)


def keep_returns(sent: Sequence[ReturnSent]) -> list[Result]:
    """Take goods back, each return held to its order where one is named."""
    return keep_each(sent, _keep, needs_customer=False)


def _keep(source: str, sent: Sequence[tuple[ReturnSent, UUID | None]]) -> list[Result]:
    orders = _Orders([back for back, _ in sent], source)
    products = _products([back for back, _ in sent], source)
    told: list[ReturnTold | Refusal] = [
        _told(back, customer, orders, products) for back, customer in sent
    ]
    return kept_by_way(told, WAY, _ids)


def _ids(told: Sequence[ReturnTold]) -> dict[str, UUID]:
    from regulars.book.models import Return

    keys = [each.source_key for each in told]
    held = Return.objects.filter(source=told[0].source, source_key__in=keys)
    return dict(held.values_list("source_key", "pk"))


class _Orders:
    """The orders that some returns name, with their lines; two statements."""

    def __init__(self, sent: Sequence[ReturnSent], source: str) -> None:
        by_id = Order.objects.filter(pk__in={back.order_id for back in sent if back.order_id})
        keys = {back.order_external_id for back in sent if back.order_external_id}
        by_key = Order.objects.filter(source=source, source_key__in=keys)
        found = [*by_id.prefetch_related("lines"), *by_key.prefetch_related("lines")]
        self._by_id = {order.pk: order for order in found}
        self._by_key = {order.source_key: order for order in found if order.source == source}

    def of(self, back: ReturnSent) -> Order | None:
        """The order a return names, if the book holds it."""
        if back.order_id:
            return self._by_id.get(back.order_id)
        return self._by_key.get(back.order_external_id or "")


def _products(sent: Sequence[ReturnSent], source: str) -> dict[str, str]:
    codes = [line.product_code for back in sent for line in back.lines]
    empty = pa.nulls(len(codes), pa.string())
    told = {"product_code": pa.array(codes, pa.string()), "product_name": empty}
    return product_ids(pa.table(told | {"category_code": empty}), source)


def _told(
    back: ReturnSent, customer: UUID | None, orders: _Orders, products: dict[str, str]
) -> ReturnTold | Refusal:
    order = orders.of(back)
    if back.is_of_order and order is None:
        return NoSuchRecord(Order)
    lines = _lines(back, order, products)
    if lines is None:
        return ReturnNotOfOrder(back.external_id)
    return ReturnTold(
        source=back.source,
        source_key=back.external_id,
        returned_at=back.returned_at,
        currency=back.currency,
        order=order,
        customer=Customer(pk=customer) if customer else None,
        channel=back.channel,
        reason=back.reason,
        tax_minor=back.tax_minor,
        shipping_minor=back.shipping_minor,
        lines=lines,
    )


def _lines(
    back: ReturnSent, order: Order | None, products: dict[str, str]
) -> list[LineBackTold] | None:
    """What came back; None where a line is not of the order, or two speak of the same."""
    of_order: dict[int, OrderLine] = (
        {line.position: line for line in order.lines.all()} if order else {}
    )
    told, used = [], set()
    for line in back.lines:
        known = of_order.get(line.position or 0)
        if (known is None) is not (order is None) or (known and known.pk in used):
            return None
        used.add(known.pk if known else None)
        product = products.get(line.product_code or "")
        told.append(
            LineBackTold(
                refund_minor=line.refund_minor,
                quantity=line.quantity,
                order_line=known,
                product=Product(pk=UUID(product)) if product and order is None else None,
            )
        )
    return told
