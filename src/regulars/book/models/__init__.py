"""Tables of the book."""

from regulars.book.models.customer import Customer, Identity
from regulars.book.models.erasure import Erasure
from regulars.book.models.event import Event
from regulars.book.models.event_count import EventCount
from regulars.book.models.invoice import Dispute, Invoice
from regulars.book.models.order import Order, OrderLine
from regulars.book.models.product import Category, Product
from regulars.book.models.reader import Reader
from regulars.book.models.returns import Return, ReturnLine
from regulars.book.models.timeline import Timeline

__all__ = [
    "Category",
    "Customer",
    "Dispute",
    "Erasure",
    "Event",
    "EventCount",
    "Identity",
    "Invoice",
    "Order",
    "OrderLine",
    "Product",
    "Reader",
    "Return",
    "ReturnLine",
    "Timeline",
]
