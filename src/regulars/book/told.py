"""What a source tells of orders, returns, invoices and disputes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from regulars.book.models import Customer, Invoice, Order, OrderLine, Product
from regulars.book.models.invoice import DisputeReason
from regulars.book.models.returns import ReturnReason


@dataclass(frozen=True, kw_only=True)
class LineTold:
    """Some of one product in an order; amounts in minor units of the order's currency."""

    gross_minor: int
    quantity: Decimal = Decimal(1)
    unit_price_minor: int | None = None
    discount_minor: int = 0
    product: Product | None = None
    coupon: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderTold:
    """One order, as its source knows it now. Without a customer it is an anonymous sale."""

    source: str
    source_key: str
    placed_at: datetime
    currency: str
    lines: Sequence[LineTold]
    customer: Customer | None = None
    channel: str = ""
    branch: str = ""
    tax_minor: int = 0
    shipping_minor: int = 0
    cancelled_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LineBackTold:
    """What came back: of a line of the order, or of a product where the order is not known."""

    refund_minor: int
    quantity: Decimal = Decimal(1)
    order_line: OrderLine | None = None
    product: Product | None = None


@dataclass(frozen=True, kw_only=True)
class ReturnTold:
    """One return, as its source knows it now. With an order, the order says whose it is."""

    source: str
    source_key: str
    returned_at: datetime
    currency: str
    lines: Sequence[LineBackTold]
    order: Order | None = None
    customer: Customer | None = None
    channel: str = ""
    reason: ReturnReason | None = None
    tax_minor: int = 0
    shipping_minor: int = 0


@dataclass(frozen=True, kw_only=True)
class InvoiceTold:
    """One invoice, as its source knows it now."""

    source: str
    source_key: str
    customer: Customer
    number: str
    issued_on: date
    due_on: date
    amount_minor: int
    currency: str
    order: Order | None = None
    paid_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class DisputeTold:
    """A customer does not agree with an invoice."""

    source: str
    source_key: str
    invoice: Invoice
    opened_at: datetime
    reason: DisputeReason
