"""Returns: what came back of orders, or without one."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from regulars.api.batches import BatchOut, KeptOut, answer_batch, answer_one, batch_of
from regulars.api.keys import BearerKey
from regulars.api.once import DryRun, IdempotencyKey
from regulars.api.orders import OrderId
from regulars.api.pages import PageOut, Paging, answer_page, answer_record
from regulars.api.parties import CustomerId, Whose, who_of
from regulars.api.shapes import (
    WHOLE,
    Code,
    Currency,
    ExternalId,
    Minor,
    Moment,
    Out,
    Prefixed,
    ProductCode,
    Quantity,
    Shape,
    Source,
)
from regulars.book.models import Return
from regulars.book.models.returns import ReturnReason
from regulars.book.queries.key_access import RETURN, made_at, record_by_key
from regulars.book.sent.returns import LineBackSent, ReturnSent, keep_returns
from regulars.company.scopes import Scope

router = Router()
PREFIX = "ret"
ReturnId = Annotated[UUID, Prefixed(PREFIX)]
READ, WRITE = BearerKey(Scope.READ_ORDERS), BearerKey(Scope.WRITE_ORDERS)
ACTION = "return.told"


class LineBackIn(Shape):
    """What came back: of a line of the order by its position, or of a product."""

    refund_minor: Minor
    quantity: Quantity = Decimal(1)
    position: Annotated[int, Field(ge=1, le=1000), WHOLE] | None = None
    product_code: ProductCode | None = None


class ReturnIn(Shape):
    """One return as its source knows it now. With an order, the order says whose it is."""

    source: Source
    external_id: ExternalId
    returned_at: Moment
    currency: Currency
    lines: Annotated[list[LineBackIn], Field(min_length=1, max_length=1000)]
    order: OrderId | None = None
    order_external_id: ExternalId | None = Field(None, description="Its number at this source")
    customer: Whose | None = None
    channel: Code | None = None
    reason: ReturnReason | None = None
    tax_minor: Minor = 0
    shipping_minor: Minor = 0

    def sent(self) -> ReturnSent:
        """As the book takes it."""
        return ReturnSent(
            source=self.source,
            external_id=self.external_id,
            returned_at=self.returned_at,
            currency=self.currency,
            order_id=self.order,
            order_external_id=self.order_external_id,
            customer=who_of(self.customer),
            channel=self.channel or "",
            reason=self.reason,
            tax_minor=self.tax_minor,
            shipping_minor=self.shipping_minor,
            lines=[LineBackSent(**line.model_dump()) for line in self.lines],
        )


ReturnBatch = batch_of(ReturnIn, "ReturnBatch")


class LineBackOut(Out):
    """One line of what came back."""

    position: int | None
    product_code: str | None
    quantity: str
    refund_minor: int


class ReturnOut(Out):
    """One return as it stands."""

    id: ReturnId
    created_at: Moment
    order: OrderId | None
    customer: CustomerId | None
    source: str
    external_id: str
    returned_at: Moment
    reason: ReturnReason | None
    channel: str | None
    currency: str
    refund_minor: int
    tax_minor: int
    shipping_minor: int
    version: int
    lines: list[LineBackOut]


class ReturnPaging(Paging):
    """Which returns."""

    customer: CustomerId | None = None
    order: OrderId | None = None
    source: Source | None = None
    external_id: ExternalId | None = None


@router.post(
    "/returns", operation_id="keepReturn", auth=WRITE, response={201: KeptOut, 200: KeptOut}
)
def keep_return(
    request: HttpRequest,
    goods_return: ReturnIn,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of a return, or of how it stands now."""
    return answer_one(
        request,
        lambda: keep_returns([goods_return.sent()]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.post("/returns/batch", operation_id="keepReturns", auth=WRITE, response=BatchOut)
def keep_return_batch(
    request: HttpRequest,
    batch: ReturnBatch,  # type: ignore[valid-type]
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of up to 10,000 returns at once."""
    return answer_batch(
        request,
        batch.items,  # type: ignore[attr-defined]
        lambda returns: keep_returns([each.sent() for each in returns]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.get("/returns", operation_id="listReturns", auth=READ, response=PageOut[ReturnOut])
def list_returns(request: HttpRequest, paging: Query[ReturnPaging]) -> HttpResponse:
    """Returns in the order in which they came into the book."""
    wanted = paging.wanted(
        request,
        customer=paging.customer,
        order=paging.order,
        source=paging.source,
        source_key=paging.external_id,
    )
    return answer_page(request, RETURN, wanted, shown)


@router.get("/returns/{return_id}", operation_id="readReturn", auth=READ, response=ReturnOut)
def read_return(request: HttpRequest, return_id: ReturnId) -> HttpResponse:
    """One return."""
    return answer_record(shown(record_by_key(request.auth, RETURN, return_id)))  # type: ignore[attr-defined]


def shown(back: Return) -> ReturnOut:
    """A return as programs see it."""
    return ReturnOut(
        id=back.pk,
        created_at=made_at(back.pk),
        order=back.order_id,
        customer=back.customer.whole_id if back.customer else None,
        source=back.source,
        external_id=back.source_key,
        returned_at=back.returned_at,
        reason=ReturnReason(back.reason) if back.reason else None,
        channel=back.channel or None,
        currency=back.currency,
        refund_minor=back.refund_minor,
        tax_minor=back.tax_minor,
        shipping_minor=back.shipping_minor,
        version=back.version,
        lines=[
            LineBackOut(
                position=line.order_line.position if line.order_line else None,
                product_code=line.product.code if line.product else None,
                quantity=f"{line.quantity.normalize():f}",
                refund_minor=line.refund_minor,
            )
            for line in back.lines.all()
        ],
    )
