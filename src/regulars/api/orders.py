"""Orders."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from regulars.api.batches import BatchOut, KeptOut, answer_batch, answer_one, batch_of
from regulars.api.keys import BearerKey
from regulars.api.once import DryRun, IdempotencyKey
from regulars.api.pages import PageOut, Paging, answer_page, answer_record
from regulars.api.parties import CustomerId, Whose, who_of
from regulars.api.shapes import (
    Code,
    Currency,
    ExternalId,
    Minor,
    Moment,
    Name,
    Out,
    Prefixed,
    ProductCode,
    Quantity,
    Shape,
    Source,
)
from regulars.book.models import Order, OrderLine
from regulars.book.models.order import OrderStatus
from regulars.book.queries.key_access import ORDER, made_at, record_by_key
from regulars.book.sent.orders import LineSent, OrderSent, keep_orders
from regulars.company.scopes import Scope

router = Router()
PREFIX = "ord"
OrderId = Annotated[UUID, Prefixed(PREFIX)]
READ, WRITE = BearerKey(Scope.READ_ORDERS), BearerKey(Scope.WRITE_ORDERS)
ACTION = "order.told"


class LineIn(Shape):
    """Some of one product. Without a product, only what was paid is known."""

    gross_minor: Minor
    quantity: Quantity = Decimal(1)
    unit_price_minor: Minor | None = None
    discount_minor: Minor = 0
    product_code: ProductCode | None = None
    product_name: Name | None = Field(None, description="Taken where the product is new")
    category_code: ProductCode | None = Field(None, description="Taken where the product is new")
    coupon: ProductCode | None = None


class OrderIn(Shape):
    """One order as its source knows it now; without a customer it is an anonymous sale."""

    source: Source
    external_id: ExternalId
    placed_at: Moment
    currency: Currency
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=1000)]
    customer: Whose | None = None
    channel: Code | None = None
    branch: Code | None = None
    tax_minor: Minor = 0
    shipping_minor: Minor = 0
    cancelled_at: Moment | None = None

    def sent(self) -> OrderSent:
        """As the book takes it."""
        return OrderSent(
            source=self.source,
            external_id=self.external_id,
            placed_at=self.placed_at,
            currency=self.currency,
            customer=who_of(self.customer),
            channel=self.channel or "",
            branch=self.branch or "",
            tax_minor=self.tax_minor,
            shipping_minor=self.shipping_minor,
            cancelled_at=self.cancelled_at,
            lines=[
                LineSent(
                    gross_minor=line.gross_minor,
                    quantity=line.quantity,
                    unit_price_minor=line.unit_price_minor,
                    discount_minor=line.discount_minor,
                    product_code=line.product_code,
                    product_name=line.product_name,
                    category_code=line.category_code,
                    coupon=line.coupon or "",
                )
                for line in self.lines
            ],
        )


OrderBatch = batch_of(OrderIn, "OrderBatch")


class LineOut(Out):
    """One line of an order."""

    position: int
    product_code: str | None
    product_name: str | None
    category_code: str | None
    quantity: str
    unit_price_minor: int | None
    gross_minor: int
    discount_minor: int
    net_minor: int
    coupon: str | None


class OrderOut(Out):
    """One order as it stands; the amounts are the sums of its lines."""

    id: OrderId
    created_at: Moment
    customer: CustomerId | None
    source: str
    external_id: str
    status: OrderStatus
    placed_at: Moment
    channel: str | None
    branch: str | None
    currency: str
    gross_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    shipping_minor: int
    version: int
    lines: list[LineOut]


class OrderPaging(Paging):
    """Which orders."""

    customer: CustomerId | None = None
    source: Source | None = None
    external_id: ExternalId | None = None


@router.post("/orders", operation_id="keepOrder", auth=WRITE, response={201: KeptOut, 200: KeptOut})
def keep_order(
    request: HttpRequest,
    order: OrderIn,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of an order, or of how it stands now."""
    return answer_one(
        request,
        lambda: keep_orders([order.sent()]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.post("/orders/batch", operation_id="keepOrders", auth=WRITE, response=BatchOut)
def keep_order_batch(
    request: HttpRequest,
    batch: OrderBatch,  # type: ignore[valid-type]
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of up to 10,000 orders at once."""
    return answer_batch(
        request,
        batch.items,  # type: ignore[attr-defined]
        lambda orders: keep_orders([order.sent() for order in orders]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.get("/orders", operation_id="listOrders", auth=READ, response=PageOut[OrderOut])
def list_orders(request: HttpRequest, paging: Query[OrderPaging]) -> HttpResponse:
    """Orders in the order in which they came into the book."""
    wanted = paging.wanted(
        request, customer=paging.customer, source=paging.source, source_key=paging.external_id
    )
    return answer_page(request, ORDER, wanted, shown)


@router.get("/orders/{order_id}", operation_id="readOrder", auth=READ, response=OrderOut)
def read_order(request: HttpRequest, order_id: OrderId) -> HttpResponse:
    """One order."""
    return answer_record(shown(record_by_key(request.auth, ORDER, order_id)))  # type: ignore[attr-defined]


def shown(order: Order) -> OrderOut:
    """An order as programs see it."""
    return OrderOut(
        id=order.pk,
        created_at=made_at(order.pk),
        customer=order.customer.whole_id if order.customer else None,
        source=order.source,
        external_id=order.source_key,
        status=OrderStatus(order.status),
        placed_at=order.placed_at,
        channel=order.channel or None,
        branch=order.branch or None,
        currency=order.currency,
        gross_minor=order.gross_minor,
        discount_minor=order.discount_minor,
        net_minor=order.net_minor,
        tax_minor=order.tax_minor,
        shipping_minor=order.shipping_minor,
        version=order.version,
        lines=[_line(line) for line in order.lines.all()],
    )


def _line(line: OrderLine) -> LineOut:
    product = line.product
    return LineOut(
        position=line.position,
        product_code=product.code if product else None,
        product_name=product.name or None if product else None,
        category_code=product.category.code if product and product.category else None,
        quantity=f"{line.quantity.normalize():f}",
        unit_price_minor=line.unit_price_minor,
        gross_minor=line.gross_minor,
        discount_minor=line.discount_minor,
        net_minor=line.net_minor,
        coupon=line.coupon or None,
    )
