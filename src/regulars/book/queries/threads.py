"""How many people here know how many people there, and which relationships hang on one thread."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from regulars.book.models import Affiliation, Contact, Customer, Event, Promise
from regulars.book.models.customer import CustomerKind
from regulars.book.queries.wholes import whole_of, wholes_of
from regulars.book.zone import today
from regulars.company.models import Staff

LOOKED_BACK = timedelta(days=365)


@dataclass(frozen=True)
class Link:
    """Somebody here and somebody there who met, spoke, promised or took an order."""

    staff_id: UUID
    person_id: UUID  # who stands for the person; the organisation itself where nobody was named
    n: int
    last_at: datetime


@dataclass(frozen=True)
class Threads:
    """Who knows whom between the company and one organisation."""

    n_people: int  # who belong to the organisation today
    links: Sequence[Link]  # the latest first

    @property
    def n_here(self) -> int:
        """People who work here and know somebody there."""
        return len({link.staff_id for link in self.links})

    @property
    def n_there(self) -> int:
        """People there whom somebody here knows."""
        return len({link.person_id for link in self.links})

    @property
    def is_on_one_thread(self) -> bool:
        """Whether one person's leaving, here or there, would end it."""
        return bool(self.links) and min(self.n_here, self.n_there) == 1


def threads_of(
    organisation_ids: Iterable[UUID], *, at: datetime | None = None
) -> Mapping[UUID, Threads]:
    """Links of the last year between who works here today and who belongs there today.

    Seven statements. An organisation nobody here knows has no links.
    """
    wholes = wholes_of(organisation_ids)
    people = _people_of(set(wholes.values()))
    of_person: dict[UUID, list[UUID]] = {}
    for organisation, persons in people.items():
        for person in (organisation, *persons):
            of_person.setdefault(person, []).append(organisation)
    links: dict[UUID, list[Link]] = {organisation: [] for organisation in people}
    for link in _links(of_person.keys(), at or timezone.now()):
        for organisation in of_person[link.person_id]:
            links[organisation].append(link)
    found = {
        organisation: Threads(len(persons), links[organisation])
        for organisation, persons in people.items()
    }
    return {each: found[whole] for each, whole in wholes.items()}


def organisations_on_one_thread(*, at: datetime | None = None) -> Mapping[UUID, Threads]:
    """Organisations whose relationship would end if one person left, the busiest first.

    Eight statements.
    """
    held = Customer.objects.filter(kind=CustomerKind.ORGANISATION.value, kept=None)
    found = threads_of(held.values_list("pk", flat=True), at=at)
    flagged = [(each, threads) for each, threads in found.items() if threads.is_on_one_thread]
    flagged.sort(key=lambda each: (-sum(link.n for link in each[1].links), each[0]))
    return dict(flagged)


def _people_of(organisations: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Who belongs to each today, as who stands for them."""
    lasts = Q(until_on=None) | Q(until_on__gt=today())
    there = Q(organisation__in=organisations) | Q(organisation__kept__in=organisations)
    held = Affiliation.objects.filter(lasts, there)
    people: dict[UUID, set[UUID]] = {organisation: set() for organisation in organisations}
    for organisation, person in held.values_list(whole_of("organisation"), whole_of("person")):
        people[organisation].add(person)
    return people


def _links(persons: Collection[UUID], at: datetime) -> Sequence[Link]:
    """One for each pair of somebody here and somebody there, the latest first."""
    here = set(Staff.objects.filter(is_active=True).values_list("pk", flat=True))
    sums: dict[tuple[UUID, UUID], tuple[int, datetime]] = {}
    for staff, person, n, last_at in _acts(persons, at):
        if staff in here:
            n_before, before_at = sums.get((staff, person), (0, last_at))
            sums[staff, person] = (n_before + n, max(before_at, last_at))
    links = (Link(staff, person, n, last_at) for (staff, person), (n, last_at) in sums.items())
    return sorted(links, key=lambda link: (link.last_at, link.staff_id), reverse=True)


def _acts(persons: Collection[UUID], at: datetime) -> Iterator[tuple[UUID, UUID, int, datetime]]:
    """(staff, person, how often, when last) of contacts, promises and orders."""
    theirs = Q(customer__in=persons) | Q(customer__kept__in=persons)
    rows: Sequence[tuple[QuerySet[Contact] | QuerySet[Promise] | QuerySet[Event], str]] = (
        (Contact.objects.all(), "started_at"),
        (Promise.objects.all(), "made_at"),
        (Event.objects.filter(kind="order.placed"), "occurred_at"),
    )
    for acts, moment in rows:
        within = {f"{moment}__gt": at - LOOKED_BACK, f"{moment}__lte": at}
        told = acts.filter(theirs, **within).filter(staff_id__isnull=False).order_by()
        counted = told.annotate(whole=whole_of()).values_list("staff_id", "whole")
        yield from counted.annotate(n=Count("pk"), last_at=Max(moment))
