"""The example company moves in where nobody works yet: the house itself notes what it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from regulars.company.models import AuditEntry, Branch, Company, Department, Staff
from regulars.company.rights import Role
from regulars.company.services import audit
from regulars.company.services.company import refuse_unknown_zone


@dataclass(frozen=True, kw_only=True)
class ExampleCompany:
    """The arguments it is made of: the same ones make the same company."""

    customers: int
    seed: int
    as_of: date  # the last day of its history
    is_loaded: bool = False  # whether all of it is in the book


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody in a list of staff; without an account, so they cannot sign in."""

    name: str
    email: str
    role: Role
    is_active: bool


def the_example_company() -> ExampleCompany | None:
    """The one this house holds; None where it holds none."""
    facts = dict(AuditEntry.objects.filter(subject="example").values_list("action", "facts"))
    if (begun := facts.get("example.begun")) is None:
        return None
    return ExampleCompany(
        customers=begun["customers"],
        seed=begun["seed"],
        as_of=date.fromisoformat(begun["as_of"]),
        is_loaded="example.loaded" in facts,
    )


@transaction.atomic
def begin_example_company(
    example: ExampleCompany, *, name: str, time_zone: str, currency: str
) -> ExampleCompany:
    """Note which example company this house holds. Of a second one the first stays."""
    refuse_unknown_zone(time_zone)
    # The row is the lock: of two that begin at once, the second finds what the first noted.
    company = Company.objects.select_for_update().get()
    if (here := the_example_company()) is not None:
        return here
    company.name, company.time_zone, company.currency = name, time_zone, currency
    company.save(update_fields=["name", "time_zone", "currency"])
    audit.record(
        "example.begun",
        by=None,
        customers=example.customers,
        seed=example.seed,
        as_of=example.as_of.isoformat(),
    )
    return example


@transaction.atomic
def note_example_loaded() -> None:
    """Note that all of it is in. Twice changes nothing."""
    Company.objects.select_for_update().get()
    here = the_example_company()
    if here is not None and not here.is_loaded:
        audit.record("example.loaded", by=None)


@transaction.atomic
def add_example_places(
    *, branches: Sequence[tuple[str, str]], departments: Sequence[tuple[str, str]]
) -> None:
    """Take down branches and departments by code and name; what is there stays as it is."""
    for table, told in ((Branch, branches), (Department, departments)):
        for code, name in told:
            place, is_new = table.objects.get_or_create(code=code, defaults={"name": name})
            if is_new:
                kind = table._meta.model_name
                audit.record(f"{kind}.made", by=None, subject_id=place.pk, code=code)


@transaction.atomic
def add_example_staff(colleagues: Sequence[Colleague]) -> None:
    """Take down a list of staff by e-mail; who is there stays as they are."""
    there = set(Staff.objects.values_list("email", flat=True))
    for each in colleagues:
        if each.email in there:
            continue
        made = Staff(name=each.name, email=each.email, role=each.role, is_active=each.is_active)
        made.set_unusable_password()
        made.save(force_insert=True)
        audit.record("staff.listed", by=None, subject_id=made.pk, role=made.role)
