"""Tables of the book."""

from regulars.book.models.affiliation import Affiliation
from regulars.book.models.consent import Consent, ConsentWording
from regulars.book.models.contact import Contact
from regulars.book.models.customer import Customer, Identity
from regulars.book.models.day import ImportantDay
from regulars.book.models.event import Event
from regulars.book.models.interest import Interest
from regulars.book.models.note import Note
from regulars.book.models.promise import Promise, PromisePolicy
from regulars.book.models.reader import Reader
from regulars.book.models.timeline import Timeline

__all__ = [
    "Affiliation",
    "Consent",
    "ConsentWording",
    "Contact",
    "Customer",
    "Event",
    "Identity",
    "ImportantDay",
    "Interest",
    "Note",
    "Promise",
    "PromisePolicy",
    "Reader",
    "Timeline",
]
