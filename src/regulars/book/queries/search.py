"""Finding a customer by whatever one has of them, as one types."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models.functions import Coalesce

from regulars.book.models import Customer, Identity, Order, SearchEntry
from regulars.book.queries.restrictions import restricted_among
from regulars.book.search_terms import Fit, Typed
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.rights import Action
from regulars.company.services import audit

# Of all who begin with two letters so many are looked at; more letters find the others.
LOOKED_AT = 60


@dataclass(frozen=True)
class Found:
    """A customer, and what of theirs fits."""

    customer: Customer  # the one who is kept
    by: str  # "name", a kind of identity, or "order"
    value: str  # the name, address or number that fits


class _Candidate(NamedTuple):
    """A record that has the bits of what was typed."""

    pk: UUID
    name: str
    whole_id: UUID


class _Fitting(NamedTuple):
    """What fits; the smaller, the better, and of what fits alike the one first by name."""

    fit: Fit
    name: str
    whole_id: UUID
    by: str
    value: str


def find_customers(
    user: Staff | AnonymousUser, typed: str, *, at_most: int = 20
) -> Sequence[Found]:
    """Customers by name, e-mail, phone, card, number or order, the best first; it is noted.

    At most five statements to look, whatever is typed, and one to note who was shown. Customers
    whose data is restricted are found by those alone who answer what people ask about it: two more.
    """
    staff = staff_who(user, may=Action.SEE_CUSTOMERS)
    found = found_customers(typed, at_most=at_most)
    if not staff.may(Action.ANSWER_RIGHTS):
        hidden = restricted_among(each.customer.pk for each in found)
        found = [each for each in found if each.customer.pk not in hidden]
    shown = " ".join(str(each.customer.pk) for each in found)
    audit.record("customer.searched", by=staff.pk, n=len(found), shown=shown)
    return found


def found_customers(typed: str, *, at_most: int = 20) -> Sequence[Found]:
    """The same for a part of the house that has asked already who wants to know."""
    wanted, order = Typed(typed), typed.strip().lstrip("#")
    fitting = [
        _Fitting(Fit.WHOLE, record.name, record.whole_id, "order", order)
        for record in (_who_ordered(order) if order else ())
    ]
    found = set(_who_has_all_of(wanted.whole_words()))
    if len(found) < LOOKED_AT:
        found |= set(_who_has_all_of(wanted.beginnings()))
    others = []
    for record in found:
        fit = wanted.fit_of_name(record.name)
        if fit is None:
            others.append(record)
        else:
            fitting.append(_Fitting(fit, record.name, record.whole_id, "name", record.name))
    fitting += _by_what_they_are_known(others, wanted)
    best: dict[UUID, _Fitting] = {}
    for each in sorted(fitting):
        best.setdefault(each.whole_id, each)
    shown = list(best.values())[:at_most]
    customers = Customer.objects.in_bulk([each.whole_id for each in shown])
    return [Found(customers[each.whole_id], each.by, each.value) for each in shown]


def _who_ordered(number: str) -> Iterator[_Candidate]:
    held = Order.objects.filter(source_key=number).exclude(customer=None)
    return starmap(_Candidate, held.values_list(*_candidate("customer__"))[:LOOKED_AT])


def _who_has_all_of(lists: Sequence[Sequence[str]]) -> Iterable[_Candidate]:
    """Records that have all keys of one of the lists, some of each; one statement."""
    if not lists:
        return ()
    first, *others = (
        SearchEntry.objects.filter(search_keys__contains=keys).values_list(
            *_candidate("customer__")
        )[:LOOKED_AT]
        for keys in lists
    )
    return starmap(_Candidate, first.union(*others))


def _candidate(of: str) -> tuple[str | Coalesce, ...]:
    """The columns of a candidate, from a row that belongs to its record."""
    return (f"{of}pk", f"{of}name", Coalesce(f"{of}kept_id", f"{of}pk"))


def _by_what_they_are_known(records: Sequence[_Candidate], wanted: Typed) -> Iterator[_Fitting]:
    """What of records fits whose name does not; bits of words in common do not say that it does."""
    if not records:
        return
    known_by: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    held = Identity.objects.filter(customer__in=[record.pk for record in records])
    for customer_id, kind, value in held.values_list("customer_id", "kind", "value"):
        known_by[customer_id].append((kind, value))
    for pk, name, whole_id in records:
        for kind, value in known_by[pk]:
            fit = wanted.fit_of_identity(kind, value)
            if fit is not None:
                yield _Fitting(fit, name, whole_id, kind, value)
        if wanted.fits_together([name, *(value for _, value in known_by[pk])]):
            yield _Fitting(Fit.APART, name, whole_id, "name", name)
