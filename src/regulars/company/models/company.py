"""What the company is: one row."""

from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from regulars.kit.texts import LANGUAGES


def all_languages() -> list[str]:
    """What a new house offers."""
    return list(LANGUAGES)


class Company(models.Model):
    """The company this house serves. One installation serves one company, so there is one row."""

    id = models.IntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=120, blank=True)  # empty: not told yet
    time_zone = models.CharField(max_length=60, default="UTC")  # where its days begin and end
    currency = models.CharField(max_length=3, default="EUR")
    languages = ArrayField(models.CharField(max_length=10), default=all_languages)
    first_language = models.CharField(max_length=10, default="en")

    class Meta:
        constraints = (
            models.CheckConstraint(name="company_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(
                name="company_currency_is_a_code", condition=Q(currency__regex="^[A-Z]{3}$")
            ),
            models.CheckConstraint(
                name="company_languages_are_ours",
                condition=Q(languages__contained_by=list(LANGUAGES)),
            ),
            models.CheckConstraint(
                name="company_first_language_is_offered",
                condition=Q(languages__contains=[F("first_language")]),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin and end."""
        return ZoneInfo(self.time_zone)
