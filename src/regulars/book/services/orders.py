"""Orders are placed, changed by their source, and cancelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from regulars.book.kept import Kept, Outcome
from regulars.book.models import Order, OrderLine
from regulars.book.models.order import OrderStatus
from regulars.book.services.changes import brought_up, note_change, save_version
from regulars.book.services.lawful import lawful
from regulars.book.told import LineTold, OrderTold
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class OrderIsEmpty(Refusal):
    """An order without lines says nothing."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "order_is_empty",
            N_("The order {key} has no lines."),
            N_("Send it with at least one line; a line needs no product, only an amount."),
            key=key,
        )


class OrderCameBack(Refusal):
    """What has come back of an order holds it where it is."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "order_came_back",
            N_("Goods of the order {key} have come back, so it cannot be changed like that."),
            N_("Change the return first, or record another return for the rest."),
            key=key,
        )


@transaction.atomic
def place_order(told: OrderTold, *, by: UUID | None) -> Kept[Order]:
    """Keep an order as its source knows it. The same source and key again is the same order.

    What the source tells otherwise than before is changed, and the timeline says so. Two things
    the source does not own: a customer whom somebody here found for an anonymous sale, and a
    cancellation made here.
    """
    if not told.lines:
        raise OrderIsEmpty(told.source_key)
    header = _header(told)
    with lawful(_called(told)):
        order, is_new = Order.objects.select_for_update().get_or_create(
            source=told.source, source_key=told.source_key, defaults=header
        )
        if is_new:
            OrderLine.objects.bulk_create(_lines(order, told.lines))
    if is_new:
        outcome = Outcome.NEW
        note_change(
            "order.placed",
            order,
            occurred_at=told.placed_at,
            by=by,
            amount_minor=order.net_minor,
        )
    else:
        outcome = _change(order, told, header, by=by)
    if told.cancelled_at and not order.is_cancelled:
        _cancel(order, at=told.cancelled_at, by=by)
        outcome = Outcome.NEW if is_new else Outcome.CHANGED
    return Kept(order, outcome)


@transaction.atomic
def cancel_order(order: Order, *, at: datetime, by: UUID | None) -> Kept[Order]:
    """Cancel an order of which nothing has come back. A second time changes nothing."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.is_cancelled:
        return Kept(locked, Outcome.SAME)
    _cancel(locked, at=at, by=by)
    return Kept(locked, Outcome.CHANGED)


def _cancel(order: Order, *, at: datetime, by: UUID | None) -> None:
    if order.returns.exists():
        raise OrderCameBack(order.source_key)
    order.status = OrderStatus.CANCELLED.value
    save_version(order, ["status"])
    note_change("order.cancelled", order, occurred_at=at, by=by, amount_minor=order.net_minor)


def _change(order: Order, told: OrderTold, header: dict[str, Any], *, by: UUID | None) -> Outcome:
    """Bring a known order, whose row is locked, up to what its source tells."""
    if told.customer is None:
        header = {name: value for name, value in header.items() if name != "customer"}
    was_in = order.currency
    changed = brought_up(order, header)
    if order.currency != was_in and order.returns.exists():
        raise OrderCameBack(order.source_key)
    try:
        with lawful(_called(told)):
            has_new_lines = _change_lines(order, told.lines)
            if not changed and not has_new_lines:
                return Outcome.SAME
            save_version(order, changed)
    except ProtectedError:
        raise OrderCameBack(order.source_key) from None
    order.refresh_from_db(fields=["net_minor"])
    codes = {"changed": sorted([*changed, *(["lines"] if has_new_lines else [])])}
    note_change(
        "order.changed",
        order,
        occurred_at=timezone.now(),
        by=by,
        amount_minor=order.net_minor,
        codes=codes,
    )
    return Outcome.CHANGED


def _change_lines(order: Order, told: Sequence[LineTold]) -> bool:
    """Whether any line differed; those that do are written, those that are gone are taken out."""
    there = {line.position: line for line in order.lines.all()}
    wanted = {line.position: line for line in _lines(order, told)}
    differ = [
        line
        for position, line in wanted.items()
        if position in there and _values(line) != _values(there[position])
    ]
    for line in differ:
        line.pk = there[line.position].pk
    fresh = [line for position, line in wanted.items() if position not in there]
    gone = [line.pk for position, line in there.items() if position not in wanted]
    if differ:
        OrderLine.objects.bulk_update(differ, _FIELDS)
    if fresh:
        OrderLine.objects.bulk_create(fresh)
    if gone:
        OrderLine.objects.filter(pk__in=gone).delete()
    return bool(differ or fresh or gone)


_FIELDS = ("product_id", "quantity", "unit_price_minor", "gross_minor", "discount_minor", "coupon")


def _values(line: OrderLine) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in _FIELDS)


def _lines(order: Order, told: Sequence[LineTold]) -> list[OrderLine]:
    return [
        OrderLine(
            order=order,
            position=position,
            product=line.product,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            gross_minor=line.gross_minor,
            discount_minor=line.discount_minor,
            coupon=line.coupon,
        )
        for position, line in enumerate(told, start=1)
    ]


def _header(told: OrderTold) -> dict[str, Any]:
    """What the order's own row holds; its amounts are the sums of the lines."""
    return {
        "customer": told.customer,
        "channel": told.channel,
        "branch": told.branch,
        "placed_at": told.placed_at,
        "currency": told.currency,
        "gross_minor": sum(line.gross_minor for line in told.lines),
        "discount_minor": sum(line.discount_minor for line in told.lines),
        "tax_minor": told.tax_minor,
        "shipping_minor": told.shipping_minor,
    }


def _called(told: OrderTold) -> str:
    return f"{told.source} {told.source_key}"
