"""Finding a customer by whatever one has of them, as one types."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet

from regulars.book.models import Customer, Identity, Order, SearchEntry
from regulars.book.models.customer import IdentityKind
from regulars.book.search_terms import alternatives, digits_of
from regulars.book.spelling import is_unspaced, words_of
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.rights import Action
from regulars.company.services import audit


class Fit(IntEnum):
    """How well something fits what was typed."""

    WHOLE = 0  # an address or number, or the end of a phone number
    NAME = 1  # every word typed is a name
    BEGINS = 2  # names begin so
    PART = 3  # an address or number begins so, or holds it
    APART = 4  # some words fit the name and others an address


# Of all who begin with two letters so many are looked at; more letters find the others.
LOOKED_AT = 100


@dataclass(frozen=True)
class Found:
    """A customer, and what of theirs fits."""

    customer: Customer  # the one who is kept
    by: str  # "name", a kind of identity, or "order"
    value: str  # the name, address or number that fits
    rank: tuple[Fit, str, str]  # the smaller, the better


def find_customers(
    user: Staff | AnonymousUser, typed: str, *, at_most: int = 20
) -> Sequence[Found]:
    """Customers by name, e-mail, phone, card, number or order, the best first; it is noted.

    At most four statements to look, whatever is typed, and one to note who was shown.
    """
    staff = staff_who(user, may=Action.SEE_CUSTOMERS)
    found = found_customers(typed, at_most=at_most)
    shown = " ".join(str(each.customer.pk) for each in found)
    audit.record("customer.searched", by=staff.pk, n=len(found), shown=shown)
    return found


def found_customers(typed: str, *, at_most: int = 20) -> Sequence[Found]:
    """The same for a part of the house that has asked already who wants to know."""
    order = typed.strip().lstrip("#")
    of_order = _who_ordered(order) if order else set()
    best: dict[UUID, Found] = {}
    for record in _records(of_order | _who_has_all_of(alternatives(typed))):
        orders = [("order", order)] if record.pk in of_order else []
        for found in _fitting(record, orders, typed):
            held = best.setdefault(found.customer.pk, found)
            best[found.customer.pk] = min(held, found, key=lambda each: each.rank)
    return sorted(best.values(), key=lambda each: each.rank)[:at_most]


def _who_ordered(number: str) -> set[UUID]:
    held = Order.objects.filter(source_key=number).exclude(customer=None)
    return set(held.values_list("customer_id", flat=True)[:LOOKED_AT])


def _who_has_all_of(lists: Sequence[Sequence[str]]) -> set[UUID]:
    """Records that have all keys of one of the lists, some of each; one statement."""
    if not lists:
        return set()
    first, *others = (
        SearchEntry.objects.filter(search_keys__contains=keys).values_list("pk")[:LOOKED_AT]
        for keys in lists
    )
    return {pk for (pk,) in first.union(*others)}


def _records(ids: set[UUID]) -> QuerySet[Customer]:
    held = Customer.objects.filter(pk__in=ids).select_related("kept")
    return held.prefetch_related(Prefetch("identities", Identity.objects.order_by("kind", "pk")))


def _fitting(record: Customer, orders: Iterable[tuple[str, str]], typed: str) -> Iterator[Found]:
    """What of a record fits: that it shares bits of words does not say that it does."""
    identities = [(identity.kind, identity.value) for identity in record.identities.all()]
    name, words = record.whole.name or record.name, words_of(typed)
    for by, value in (("name", record.name), *identities, *orders):
        fit = Fit.WHOLE if by == "order" else _fit(by, value, typed)
        if fit is not None:
            yield Found(record.whole, by, value, (fit, name, str(record.whole_id)))
    everything = [word for _, value in (("", record.name), *identities) for word in words_of(value)]
    if all(any(_begins(held, word) for held in everything) for word in words):
        yield Found(record.whole, "name", record.name, (Fit.APART, name, str(record.whole_id)))


def _fit(by: str, value: str, typed: str) -> Fit | None:
    digits = digits_of(typed)
    if by == IdentityKind.PHONE:
        if digits is None or digits not in value:
            return None
        return Fit.WHOLE if value.endswith(digits) else Fit.PART
    words, held = words_of(typed), words_of(value)
    if by != "name" and "".join(words) == "".join(held):
        return Fit.WHOLE
    if not all(any(_begins(each, word) for each in held) for word in words):
        return None
    if by != "name":
        return Fit.PART
    return Fit.NAME if set(words) <= set(held) else Fit.BEGINS


def _begins(held: str, word: str) -> bool:
    return word in held if is_unspaced(word) else held.startswith(word)
