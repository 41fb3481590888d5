"""What customers bought, and what came back of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Sum

from regulars.book.models import Customer, Order, OrderLine, Return, ReturnLine
from regulars.book.queries.wholes import hanging_on, records_of_all, whole_of, wholes_of


@dataclass(frozen=True)
class LineSeen:
    """One line of an order, and how much of it came back."""

    line: OrderLine  # its product and the product's category are there
    returned_quantity: Decimal
    refunded_minor: int


@dataclass(frozen=True)
class OrderSeen:
    """One order as it stands today."""

    order: Order
    lines: Sequence[LineSeen]

    @property
    def refunded_minor(self) -> int:
        """What was paid back for goods of it."""
        return sum(line.refunded_minor for line in self.lines)

    @property
    def kept_minor(self) -> int:
        """Its net less what was paid back; 0 where it was cancelled."""
        return 0 if self.order.is_cancelled else self.order.net_minor - self.refunded_minor


def orders_of(customer: Customer, *, at_most: int = 100) -> list[OrderSeen]:
    """A customer's latest orders, the newest first; three statements."""
    newest = Order.objects.filter(hanging_on(customer)).order_by("-placed_at", "-pk")
    return _seen(newest[:at_most])


def order_seen(order: Order) -> OrderSeen:
    """One order with its lines; three statements."""
    return _seen(Order.objects.filter(pk=order.pk))[0]


def returns_of(customer: Customer, *, at_most: int = 100) -> list[Return]:
    """A customer's latest returns with their lines, orders known or not; two statements."""
    lines = ReturnLine.objects.select_related("product", "order_line").order_by("pk")
    newest = Return.objects.filter(hanging_on(customer)).order_by("-returned_at", "-pk")
    return list(newest.select_related("order").prefetch_related(Prefetch("lines", lines))[:at_most])


def _seen(orders: QuerySet[Order]) -> list[OrderSeen]:
    lines = OrderLine.objects.select_related("product__category").order_by("position")
    found = list(orders.prefetch_related(Prefetch("lines", lines)))
    back = _came_back([line.pk for order in found for line in order.lines.all()])
    return [
        OrderSeen(
            order, [LineSeen(line, *back.get(line.pk, _NOTHING)) for line in order.lines.all()]
        )
        for order in found
    ]


_NOTHING = (Decimal(0), 0)


def _came_back(lines: Sequence[int]) -> dict[int, tuple[Decimal, int]]:
    """Quantity and refund by order line, of those of which anything came back."""
    sums = (
        ReturnLine.objects.filter(order_line__in=lines)
        .values_list("order_line")
        .annotate(Sum("quantity"), Sum("refund_minor"))
    )
    return {line: (quantity, refunded) for line, quantity, refunded in sums}


def orders_numbered(number: str) -> list[Order]:
    """Orders with this number at whichever source; one statement."""
    return list(Order.objects.filter(source_key=number).select_related("customer__kept"))


def net_by_customer(customers: Sequence[UUID], *, currency: str) -> dict[UUID, int]:
    """What each customer paid for goods and did not get back, {customer: minor units}.

    All records of a customer count. Three statements; 0 where nothing was bought. Cancelled orders
    add nothing; returns count whether their order is known or not.
    """
    wholes = wholes_of(customers)
    held = records_of_all(wholes.values()) & Q(currency=currency)
    bought = Order.objects.filter(held).exclude(status="cancelled").values_list(whole_of())
    back = Return.objects.filter(held).values_list(whole_of())
    net = Counter[UUID]()
    net.update(dict(bought.annotate(Sum("net_minor"))))
    net.subtract(dict(back.annotate(Sum("refund_minor"))))
    return {customer: net[wholes.get(customer, customer)] for customer in customers}
