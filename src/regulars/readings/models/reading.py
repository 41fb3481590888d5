"""A figure as it was measured, for good."""

from django.db import models
from django.db.models import F, Q

from regulars.kit.ids import new_id
from regulars.readings.models.taking import Taking


class Reading(models.Model):
    """One figure of one taking: value, interval, how many were counted, over which days.

    `value` NULL means that it could not be told; `why_not` says why. Shares run 0..1, money is in
    minor units of the taking's currency.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    taking = models.ForeignKey(Taking, models.CASCADE, related_name="readings", db_index=False)
    measure = models.CharField(max_length=60)
    unit = models.CharField(max_length=12)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    level = models.FloatField(null=True)  # confidence of low..high
    n = models.BigIntegerField(default=0)
    method = models.CharField(max_length=40, blank=True)
    first_on = models.DateField()
    last_on = models.DateField()
    why_not = models.CharField(max_length=40, blank=True)
    needs = models.FloatField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["taking", "measure"], name="reading_once_in_a_taking"),
            models.CheckConstraint(
                name="reading_interval_holds_together",
                condition=Q(low=None, high=None) | Q(low__lte=F("high")),
            ),
            models.CheckConstraint(
                name="reading_without_a_value_says_why",
                condition=Q(value__isnull=False) | ~Q(why_not=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"
