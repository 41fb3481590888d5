"""Who belongs to which organisation."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from django.db.models import Q

from regulars.book.models import Affiliation, Customer
from regulars.book.queries.wholes import hanging_on
from regulars.book.zone import today


def people_of(organisation: Customer) -> Sequence[Affiliation]:
    """Who belongs to an organisation today, each once; one statement.

    `person.whole` is the customer, where the record of the person was joined into another.
    """
    held = Affiliation.objects.filter(_lasts(), hanging_on(organisation, "organisation"))
    ordered = held.select_related("person__kept").order_by("person__name", "id")
    return _each_once(ordered, lambda affiliation: affiliation.person)


def organisations_of(person: Customer) -> Sequence[Affiliation]:
    """Where a person belongs today, each once; one statement."""
    held = Affiliation.objects.filter(_lasts(), hanging_on(person, "person"))
    ordered = held.select_related("organisation__kept").order_by("organisation__name", "id")
    return _each_once(ordered, lambda affiliation: affiliation.organisation)


def _each_once(
    held: Iterable[Affiliation], other: Callable[[Affiliation], Customer]
) -> list[Affiliation]:
    """The first with each customer: several records of one may belong to the same."""
    firsts: dict[UUID, Affiliation] = {}
    for affiliation in held:
        firsts.setdefault(other(affiliation).whole_id, affiliation)
    return list(firsts.values())


def _lasts() -> Q:
    return Q(until_on=None) | Q(until_on__gt=today())
