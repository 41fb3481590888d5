"""A small tea shop for the tests of the book: whom it knows, what it sells, what was bought."""

from datetime import UTC, datetime
from decimal import Decimal

from regulars.book.models import Event, Product
from regulars.book.services.customers import take_down_customer
from regulars.book.services.orders import place_order
from regulars.book.services.products import record_product
from regulars.book.services.returns import take_back
from regulars.book.told import LineBackTold, LineTold, OrderTold, ReturnTold
from regulars.company.models import Staff

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)


def customer(name="Ana"):
    return take_down_customer(name=name, source="desk", source_key=name, by=None)


def staff(name, role):
    return Staff.objects.create(name=name, email=f"{name.lower()}@example.org", role=role)


def product(code="sencha"):
    found = Product.objects.filter(source="shop", code=code).first()
    return found or record_product(source="shop", code=code, name=code.title(), by=None).record


def line(code="sencha", quantity="2", price=4500, discount=0, **more):
    """Two bags of sencha at 45.00, unless said otherwise."""
    return LineTold(
        **{
            "product": product(code) if code else None,
            "quantity": Decimal(quantity),
            "unit_price_minor": price,
            "gross_minor": round(Decimal(quantity) * price),
            "discount_minor": discount,
        }
        | more
    )


def order_told(lines=None, key="1042", **more):
    return OrderTold(
        **{"source": "shop", "source_key": key, "placed_at": AT, "currency": "SEK"}
        | {"channel": "web", "lines": [line()] if lines is None else lines}
        | more
    )


def bought(lines=None, key="1042", by=None, **more):
    return place_order(order_told(lines, key, **more), by=by).record


def return_told(order, *back, key="r1", **more):
    """What comes back of the lines of an order: (position, quantity, refund)."""
    lines = [
        LineBackTold(
            order_line=order.lines.get(position=position),
            quantity=Decimal(quantity),
            refund_minor=refund,
        )
        for position, quantity, refund in back
    ]
    return ReturnTold(
        **{"source": "shop", "source_key": key, "returned_at": LATER, "currency": "SEK"}
        | {"order": order, "lines": lines}
        | more
    )


def gave_back(order, *back, key="r1", **more):
    return take_back(return_told(order, *back, key=key, **more), by=None).record


def happened(*kinds):
    """The events of these kinds, in order; all of them where none is named."""
    found = Event.objects.order_by("position")
    return list(found.filter(kind__in=kinds) if kinds else found)
