"""Tables of the book."""

from regulars.book.models.affiliation import Affiliation
from regulars.book.models.consent import Consent, ConsentWording
from regulars.book.models.contact import Contact
from regulars.book.models.customer import Customer, Identity
from regulars.book.models.day import ImportantDay
from regulars.book.models.erasure import Erasure
from regulars.book.models.event import Event
from regulars.book.models.event_count import EventCount
from regulars.book.models.file_import import FileImport
from regulars.book.models.interest import Interest
from regulars.book.models.invoice import Dispute, Invoice
from regulars.book.models.note import Note
from regulars.book.models.order import Order, OrderLine
from regulars.book.models.product import Category, Product
from regulars.book.models.promise import Promise, PromisePolicy
from regulars.book.models.pseudonym import PseudonymKey
from regulars.book.models.reader import Reader
from regulars.book.models.restriction import Restriction
from regulars.book.models.retention import RetentionRule
from regulars.book.models.returns import Return, ReturnLine
from regulars.book.models.search import SearchEntry
from regulars.book.models.suggestion import JoinSuggestion, LinkageWeights
from regulars.book.models.timeline import Timeline

__all__ = [
    "Affiliation",
    "Category",
    "Consent",
    "ConsentWording",
    "Contact",
    "Customer",
    "Dispute",
    "Erasure",
    "Event",
    "EventCount",
    "FileImport",
    "Identity",
    "ImportantDay",
    "Interest",
    "Invoice",
    "JoinSuggestion",
    "LinkageWeights",
    "Note",
    "Order",
    "OrderLine",
    "Product",
    "Promise",
    "PromisePolicy",
    "PseudonymKey",
    "Reader",
    "Restriction",
    "RetentionRule",
    "Return",
    "ReturnLine",
    "SearchEntry",
    "Timeline",
]
