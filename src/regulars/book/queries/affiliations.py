"""Who belongs to which organisation."""

from collections.abc import Sequence

from django.db.models import Q

from regulars.book.models import Affiliation, Customer
from regulars.book.zone import today


def people_of(organisation: Customer) -> Sequence[Affiliation]:
    """Who belongs to an organisation today; one statement."""
    held = organisation.people.filter(_lasts()).select_related("person")
    return list(held.order_by("person__name", "id"))


def organisations_of(person: Customer) -> Sequence[Affiliation]:
    """Where a person belongs today; one statement."""
    held = person.affiliations.filter(_lasts()).select_related("organisation")
    return list(held.order_by("organisation__name", "id"))


def _lasts() -> Q:
    return Q(until_on=None) | Q(until_on__gt=today())
