"""Returns by the thousand: what is new in a few statements, what is known through `take_back`."""

from collections.abc import Mapping, Sequence

from regulars.book.kept import Outcome
from regulars.book.models import Event, Return, ReturnLine
from regulars.book.services.returns import header_of, lines_of, take_back
from regulars.book.told import ReturnTold


def known_returns(told: Sequence[ReturnTold]) -> Mapping[str, bool]:
    """Of some returns of one source those the book holds, and whether in the same words."""
    wanted = {each.source_key: each for each in told}
    held = Return.objects.filter(source=told[0].source, source_key__in=wanted).prefetch_related(
        "lines"
    )
    return {back.source_key: _is_same(back, wanted[back.source_key]) for back in held}


def _is_same(back: Return, told: ReturnTold) -> bool:
    header = header_of(told, told.order)
    for name in ("customer", "order"):
        value = header.pop(name)
        if getattr(back, f"{name}_id") != (value.pk if value else None):
            return False
    if any(getattr(back, name) != value for name, value in header.items()):
        return False
    return sorted(map(_said, back.lines.all())) == sorted(map(_said, lines_of(back, told.lines)))


def _said(line: ReturnLine) -> tuple[str, ...]:
    return (
        str(line.order_line_id),
        str(line.product_id),
        str(line.quantity.normalize()),
        str(line.refund_minor),
    )


def add_returns(told: Sequence[ReturnTold]) -> None:
    """Write returns without an order that the book does not hold: rows, lines and events."""
    made = [
        Return(source=each.source, source_key=each.source_key, **header_of(each, None))
        for each in told
    ]
    Return.objects.bulk_create(made)
    ReturnLine.objects.bulk_create(
        line for back, each in zip(made, told, strict=True) for line in lines_of(back, each.lines)
    )
    Event.objects.bulk_create(
        Event(
            kind="order.returned",
            customer_id=back.customer_id,
            occurred_at=back.returned_at,
            source=back.source,
            source_key=f"return:{back.source_key}:1",
            channel=back.channel,
            subject="return",
            subject_id=back.pk,
            amount_minor=back.refund_minor,
            currency=back.currency,
            codes={"reason": back.reason} if back.reason else {},
        )
        for back in made
    )


def keep_return(told: ReturnTold) -> Outcome:
    """Keep one; gives what became of it."""
    return take_back(told, by=None).outcome
