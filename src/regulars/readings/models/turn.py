"""What somebody did of the day's list."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.company.models import Staff


class TurnDone(models.Model):
    """One thing of the day's list that is done; the list itself is what the book says today.

    `key` names what it was about ("slipping:" and the customer's id). Taking the row away puts the
    thing back on the list, so that what was done by mistake can be undone.
    """

    key = models.CharField(max_length=80)
    done_on = models.DateField()  # the company's day
    done_at = models.DateTimeField(db_default=Now(), editable=False)
    done_by = models.ForeignKey(Staff, models.PROTECT, related_name="turns_done")

    class Meta:
        indexes = (models.Index(fields=["done_on"], name="turn_done_by_day"),)
        constraints = (
            models.UniqueConstraint(fields=["key", "done_on"], name="turn_done_once_a_day"),
            models.CheckConstraint(name="turn_done_names_what", condition=~Q(key="")),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.done_on}"
