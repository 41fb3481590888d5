"""People come to organisations, and leave them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from regulars.book.models import Affiliation, Customer
from regulars.book.models.customer import CustomerKind
from regulars.book.queries.wholes import hanging_on
from regulars.book.services.fitting import check_fit
from regulars.book.services.telling import hold, refuse_erased, telling
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class NotSuchAPair(Refusal):
    """Only a person belongs to an organisation."""

    def __init__(self) -> None:
        super().__init__(
            "not_such_a_pair",
            N_("Only a person can belong to something, and only to an organisation."),
            N_("Name the person first and the organisation second."),
        )


class AlreadyThere(Refusal):
    """The person belongs to this organisation at this time."""

    def __init__(self) -> None:
        super().__init__(
            "already_there",
            N_("This person belongs to the organisation already."),
            N_("End that first, with the day on which it ended."),
        )


class AlreadyEnded(Refusal):
    """Its end is noted."""

    def __init__(self, until_on: date) -> None:
        super().__init__(
            "already_ended",
            N_("It ended on {until_on}."),
            N_("Begin a new one if the person came back."),
            until_on=until_on.isoformat(),
        )


class EndsBeforeItBegan(Refusal):
    """An end before the beginning."""

    def __init__(self, since_on: date) -> None:
        super().__init__(
            "ends_before_it_began",
            N_("It began on {since_on} and cannot end before that."),
            N_("Give a later day."),
            since_on=since_on.isoformat(),
        )


@dataclass(frozen=True)
class Position:
    """What somebody is in an organisation, as it was told."""

    role: str = ""
    title: str = ""
    since_on: date | None = None


@transaction.atomic
def begin_affiliation(
    person: Customer,
    organisation: Customer,
    position: Position,
    *,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Affiliation:
    """A person belongs to an organisation from now on."""
    told = telling(None, source=source, source_key=source_key, by=by)
    person = hold(person)
    if (again := told.before("affiliation.begun")) is not None:
        return Affiliation.objects.get(pk=again)
    for each in (person, organisation):
        refuse_erased(each)
    if (person.kind, organisation.kind) != (CustomerKind.PERSON, CustomerKind.ORGANISATION):
        raise NotSuchAPair
    there = hanging_on(person, "person") & hanging_on(organisation, "organisation")
    if Affiliation.objects.filter(there, until_on=None).exists():
        raise AlreadyThere
    made = Affiliation(
        person=person,
        organisation=organisation,
        role=position.role,
        title=position.title.strip(),
        since_on=position.since_on,
    )
    check_fit(made, codes=("role",))
    made.save(force_insert=True)
    told.write(
        "affiliation.begun",
        person,
        subject="affiliation",
        subject_id=made.pk,
        codes={"organisation": str(organisation.pk), "role": made.role},
    )
    return made


@transaction.atomic
def end_affiliation(
    affiliation: Affiliation,
    *,
    until_on: date,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Affiliation:
    """A person left; that they were there stays."""
    told = telling(None, source=source, source_key=source_key, by=by)
    locked = Affiliation.objects.select_for_update(of=("self",)).get(pk=affiliation.pk)
    if told.was_done_to("affiliation.ended", locked.pk):
        return locked
    if locked.until_on is not None:
        raise AlreadyEnded(locked.until_on)
    if locked.since_on is not None and until_on < locked.since_on:
        raise EndsBeforeItBegan(locked.since_on)
    locked.until_on = until_on
    locked.save(update_fields=["until_on"])
    told.write(
        "affiliation.ended",
        locked.person,
        subject="affiliation",
        subject_id=locked.pk,
        codes={"organisation": str(locked.organisation_id)},
    )
    return locked
