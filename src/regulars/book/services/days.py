"""Important days are noted and dropped."""

from calendar import isleap, monthrange
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.book.models import Customer, ImportantDay
from regulars.book.models.day import FIRST_YEAR, LAST_YEAR, DayKind
from regulars.book.services.fitting import BadValue, check_fit
from regulars.book.services.telling import hold, refuse_erased, telling
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

_LEAP_YEAR = 2000


class NoSuchDay(Refusal):
    """The calendar has no such day."""

    def __init__(self, yearly: "Yearly") -> None:
        super().__init__(
            "no_such_day",
            N_("The calendar has no day {day}."),
            N_("Give a month from 1 to 12 and a day that it has in that year."),
            day=yearly.written(),
        )


@dataclass(frozen=True)
class Yearly:
    """A day that comes every year, as it was told."""

    kind: DayKind
    month: int
    day: int
    year: int | None = None
    label: str = ""

    def written(self) -> str:
        """As ISO 8601 writes it, without the year where none is told: 02-29."""
        year = "" if self.year is None else f"{self.year:04}-"
        return f"{year}{self.month:02}-{self.day:02}"

    def exists(self) -> bool:
        """Whether the calendar has it, in its year where that is told."""
        if not 1 <= self.month <= 12:
            return False
        year = self.year if self.year is not None else _LEAP_YEAR
        has_29 = self.month != 2 or isleap(year)
        return 1 <= self.day <= (monthrange(_LEAP_YEAR, self.month)[1] if has_29 else 28)


@transaction.atomic
def note_day(
    customer: Customer, yearly: Yearly, *, source: str, source_key: str, by: UUID | None
) -> ImportantDay | None:
    """Note an important day; a birthday takes the place of the one noted before.

    Gives the day; None for a repeated call where it was dropped since.
    """
    told = telling(None, source=source, source_key=source_key, by=by)
    customer = hold(customer)
    if (again := told.before("day.noted")) is not None:
        return ImportantDay.objects.filter(pk=again).first()
    refuse_erased(customer)
    if not yearly.exists():
        raise NoSuchDay(yearly)
    label = yearly.label.strip()
    check_fit(ImportantDay(label=label))
    if yearly.year is not None and not FIRST_YEAR <= yearly.year <= LAST_YEAR:
        raise BadValue("year", yearly.year, N_("Give the year with four digits, or none."))
    kind: dict[str, Any] = {"kind": yearly.kind}
    said = {"month": yearly.month, "day": yearly.day, "label": label}
    year = {"year": yearly.year}
    is_one = yearly.kind is DayKind.BIRTHDAY
    which, becomes = (kind, said | year) if is_one else (kind | said, year)
    noted, _ = customer.days.update_or_create(**which, defaults=becomes)
    told.write(
        "day.noted", customer, subject="day", subject_id=noted.pk, codes={"kind": yearly.kind}
    )
    return noted


@transaction.atomic
def drop_day(day: ImportantDay, *, source: str, source_key: str, by: UUID | None) -> None:
    """Forget a day that was noted wrong or is not wanted any more."""
    told = telling(None, source=source, source_key=source_key, by=by)
    customer = hold(day.customer)
    if told.was_done_to("day.dropped", day.pk):
        return
    ImportantDay.objects.filter(pk=day.pk).delete()
    told.write("day.dropped", customer, subject="day", subject_id=day.pk, codes={"kind": day.kind})
