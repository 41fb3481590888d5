"""Days of the year that matter to a customer."""

from calendar import isleap
from datetime import date
from enum import StrEnum

from django.db import models
from django.db.models import Q

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_one_of
from regulars.kit.ids import new_id

FIRST_YEAR, LAST_YEAR = 1800, 2200


class DayKind(StrEnum):
    """What the day is."""

    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    HOLIDAY = "holiday"  # of the customer's own calendar


class ImportantDay(models.Model):
    """A day that comes every year; the year it began in is told or not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="days")
    kind = models.CharField(max_length=12)
    month = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField(null=True)
    label = models.CharField(max_length=80, blank=True)  # "wedding", "Midsummer"

    class Meta:
        indexes = (models.Index(fields=["month", "day"], name="day_of_the_year"),)
        constraints = (
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(kind=DayKind.BIRTHDAY.value),
                name="day_of_birth_is_one",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind", "month", "day", "label"], name="day_is_noted_once"
            ),
            models.CheckConstraint(name="day_kind_is_known", condition=is_one_of("kind", DayKind)),
            models.CheckConstraint(
                name="day_is_a_day_of_its_month",
                condition=Q(day__gte=1)
                & (
                    Q(month__in=(1, 3, 5, 7, 8, 10, 12), day__lte=31)
                    | Q(month__in=(4, 6, 9, 11), day__lte=30)
                    | Q(month=2, day__lte=29)
                ),
            ),
            models.CheckConstraint(
                name="day_began_in_a_year_of_our_time",
                condition=Q(year=None) | Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.month:02}-{self.day:02}"

    def next_on(self, on: date) -> date:
        """When the day comes next, on this day or after it."""
        this_year = day_in(on.year, self.month, self.day)
        return this_year if this_year >= on else day_in(on.year + 1, self.month, self.day)

    def years_on(self, on: date) -> int | None:
        """How many years it will be then; None where the year is not known."""
        return on.year - self.year if self.year is not None else None


def day_in(year: int, month: int, day: int) -> date:
    """The day of the year; 29 February is kept on the 28th where the year has none."""
    if (month, day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return date(year, month, day)
