"""Orders that programs send."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

from regulars.book.kept import Outcome
from regulars.book.models import Customer, Order, Product
from regulars.book.sent.people import Who
from regulars.book.sent.results import Result, keep_each
from regulars.book.services.bulk_orders import OrderSource, post_orders, product_ids
from regulars.book.services.orders import place_order
from regulars.book.staged import ORDER_LINES
from regulars.book.told import LineTold, OrderTold
from regulars.kit.errors import Refusal


@dataclass(frozen=True, kw_only=True)
class LineSent:
    """Some of one product; amounts in minor units of the order's currency."""

    gross_minor: int
    quantity: Decimal = Decimal(1)
    unit_price_minor: int | None = None
    discount_minor: int = 0
    product_code: str | None = None
    product_name: str | None = None
    category_code: str | None = None
    coupon: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderSent:
    """One order as its source knows it now."""

    source: str
    external_id: str
    placed_at: datetime
    currency: str
    lines: Sequence[LineSent]
    customer: Who | None = None
    channel: str = ""
    branch: str = ""
    tax_minor: int = 0
    shipping_minor: int = 0
    cancelled_at: datetime | None = None


def keep_orders(sent: Sequence[OrderSent]) -> list[Result]:
    """Post orders set by set; a single one by itself."""
    return keep_each(sent, _keep, needs_customer=False)


def _keep(source: str, orders: Sequence[tuple[OrderSent, UUID | None]]) -> list[Result]:
    if len(orders) < 2:
        return [_keep_one(source, *each) for each in orders]
    keys = [order.external_id for order, _ in orders]
    before = _versions(source, keys)
    rows = [row for order, customer in orders for row in _rows(order, customer)]
    lines = pa.Table.from_pylist(rows, ORDER_LINES)
    refused = {}
    for posted in post_orders(lines.to_reader(), source=OrderSource(name=source)):
        refused = {key: refusal for key, _, refusal in posted.refused}
    after = _versions(source, keys)
    return [
        Result(refusal=refused[key])
        if key in refused
        else Result(after[key][0], _outcome(before.get(key), after[key]))
        for key in keys
    ]


def _keep_one(source: str, order: OrderSent, customer: UUID | None) -> Result:
    """One alone, by the service that knows what a change means: it stages nothing."""
    products = _products(source, order.lines)
    told = OrderTold(
        source=source,
        source_key=order.external_id,
        placed_at=order.placed_at,
        currency=order.currency,
        customer=Customer(pk=customer) if customer else None,
        channel=order.channel,
        branch=order.branch,
        tax_minor=order.tax_minor,
        shipping_minor=order.shipping_minor,
        cancelled_at=order.cancelled_at,
        lines=[
            LineTold(
                gross_minor=line.gross_minor,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                discount_minor=line.discount_minor,
                product=products.get(line.product_code or ""),
                coupon=line.coupon,
            )
            for line in order.lines
        ],
    )
    try:
        kept = place_order(told, by=None)
    except Refusal as refusal:
        return Result(refusal=refusal)
    return Result(kept.record.pk, kept.outcome)


def _products(source: str, lines: Sequence[LineSent]) -> dict[str, Product]:
    told = [
        {
            "product_code": line.product_code,
            "product_name": line.product_name,
            "category_code": line.category_code,
        }
        for line in lines
        if line.product_code
    ]
    if not told:
        return {}
    columns = pa.schema([ORDER_LINES.field(name) for name in told[0]])
    ids = product_ids(pa.Table.from_pylist(told, columns), source)
    return {code: Product(pk=UUID(pk)) for code, pk in ids.items()}


type _Version = tuple[UUID, int]


def _versions(source: str, keys: Sequence[str]) -> dict[str, _Version]:
    held = Order.objects.filter(source=source, source_key__in=keys)
    return {key: (pk, n) for key, pk, n in held.values_list("source_key", "pk", "version")}


def _outcome(before: _Version | None, after: _Version) -> Outcome:
    if before is None:
        return Outcome.NEW
    return Outcome.SAME if before == after else Outcome.CHANGED


def _rows(order: OrderSent, customer: UUID | None) -> Iterator[dict[str, Any]]:
    """One a line; what belongs to the whole order stands on the first."""
    for nth, line in enumerate(order.lines):
        yield {
            "order_key": order.external_id,
            "placed_at": order.placed_at,
            "cancelled_at": order.cancelled_at,
            "channel": order.channel,
            "branch": order.branch,
            "currency": order.currency,
            "tax_minor": 0 if nth else order.tax_minor,
            "shipping_minor": 0 if nth else order.shipping_minor,
            "product_code": line.product_code,
            "product_name": line.product_name,
            "category_code": line.category_code,
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price_minor,
            "gross_minor": line.gross_minor,
            "discount_minor": line.discount_minor,
            "coupon": line.coupon,
            "found_customer": str(customer) if customer else None,
        }
