"""Goods come back, whole or in part."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from regulars.book.kept import Kept, Outcome
from regulars.book.models import Order, OrderLine, Return, ReturnLine
from regulars.book.services.changes import brought_up, note_change, save_version
from regulars.book.services.lawful import lawful
from regulars.book.told import LineBackTold, ReturnTold
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class ReturnIsEmpty(Refusal):
    """A return without lines says nothing."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "return_is_empty",
            N_("The return {key} has no lines."),
            N_("Send it with what came back, or with the amount that was paid back."),
            key=key,
        )


class ReturnNotOfOrder(Refusal):
    """A return names an order, and does not fit it."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "return_not_of_order",
            N_("The return {key} does not fit its order."),
            N_("Name an order that is not cancelled, its currency, and lines of it alone."),
            key=key,
        )


class MoreThanWasBought(Refusal):
    """More was to come back of a line than is left of it."""

    def __init__(self, line: OrderLine, left: Decimal, left_minor: int) -> None:
        super().__init__(
            "more_than_was_bought",
            N_("Of line {position} of this order, {left} can still come back, for {left_minor}."),
            N_("Give no more than that; the amount is in the smallest unit of the currency."),
            position=line.position,
            left=f"{left.normalize():f}",
            left_minor=left_minor,
        )


@transaction.atomic
def take_back(told: ReturnTold, *, by: UUID | None) -> Kept[Return]:
    """Keep a return as its source knows it. The same source and key again is the same return."""
    if not told.lines:
        raise ReturnIsEmpty(told.source_key)
    order = _locked_order(told)
    header = header_of(told, order)
    called = f"{told.source} {told.source_key}"
    with lawful(called):
        back, is_new = Return.objects.select_for_update().get_or_create(
            source=told.source, source_key=told.source_key, defaults=header
        )
    changed = brought_up(back, header)
    has_new_lines = is_new or not _are_there(back, told.lines)
    if has_new_lines:
        _refuse_more_than_was_bought(back, told.lines)
        back.lines.all().delete()
        with lawful(called):
            ReturnLine.objects.bulk_create(lines_of(back, told.lines))
    if is_new:
        _note("order.returned", back, by=by)
        return Kept(back, Outcome.NEW)
    if not changed and not has_new_lines:
        return Kept(back, Outcome.SAME)
    with lawful(called):
        save_version(back, changed)
    _note("return.changed", back, by=by)
    return Kept(back, Outcome.CHANGED)


def _locked_order(told: ReturnTold) -> Order | None:
    """The order, locked: two returns at once must not bring back the same goods."""
    if told.order is None:
        if any(line.order_line is not None for line in told.lines):
            raise ReturnNotOfOrder(told.source_key)
        return None
    order = Order.objects.select_for_update().get(pk=told.order.pk)
    is_of_order = all(
        line.order_line is not None and line.order_line.order_id == order.pk for line in told.lines
    )
    if order.is_cancelled or order.currency != told.currency or not is_of_order:
        raise ReturnNotOfOrder(told.source_key)
    return order


def _refuse_more_than_was_bought(back: Return, told: Sequence[LineBackTold]) -> None:
    asked = {line.order_line.pk: line for line in told if line.order_line is not None}
    others = ~Q(returned__goods_return=back) & Q(returned__isnull=False)
    bought = OrderLine.objects.filter(pk__in=asked).annotate(
        back_quantity=Sum("returned__quantity", filter=others, default=Decimal(0)),
        back_minor=Sum("returned__refund_minor", filter=others, default=0),
    )
    for line in bought:
        left = line.quantity - line.back_quantity
        left_minor = line.net_minor - line.back_minor
        wanted = asked[line.pk]
        if wanted.quantity > left or wanted.refund_minor > left_minor:
            raise MoreThanWasBought(line, left, left_minor)


def _are_there(back: Return, told: Sequence[LineBackTold]) -> bool:
    there = back.lines.values_list("order_line_id", "product_id", "quantity", "refund_minor")
    wanted = [
        (line.order_line_id, line.product_id, line.quantity, line.refund_minor)
        for line in lines_of(back, told)
    ]
    return sorted(there, key=str) == sorted(wanted, key=str)


def lines_of(back: Return, told: Sequence[LineBackTold]) -> list[ReturnLine]:
    """The rows of what came back, not yet written."""
    return [
        ReturnLine(
            goods_return=back,
            order_line=line.order_line,
            product=line.order_line.product if line.order_line else line.product,
            quantity=line.quantity,
            refund_minor=line.refund_minor,
        )
        for line in told
    ]


def header_of(told: ReturnTold, order: Order | None) -> dict[str, Any]:
    """What the return's own row holds; the order says whose it is."""
    return {
        "order": order,
        "customer": order.customer if order else told.customer,
        "reason": told.reason or "",
        "channel": told.channel,
        "returned_at": told.returned_at,
        "currency": told.currency,
        "refund_minor": sum(line.refund_minor for line in told.lines),
        "tax_minor": told.tax_minor,
        "shipping_minor": told.shipping_minor,
    }


def _note(kind: str, back: Return, *, by: UUID | None) -> None:
    codes = {
        "order_id": str(back.order_id) if back.order_id else None,
        "reason": back.reason or None,
    }
    note_change(
        kind,
        back,
        occurred_at=back.returned_at,
        by=by,
        amount_minor=back.refund_minor,
        codes={name: code for name, code in codes.items() if code},
    )
