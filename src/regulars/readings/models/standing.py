"""Where each customer stands."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from regulars.book.models import Customer
from regulars.book.models.laws import is_one_of
from regulars.readings.models.taking import Taking


class Stage(StrEnum):
    """How far a customer has come, by what they bought."""

    FIRST_TIME = "first_time"
    REPEAT = "repeat"


class Activity(StrEnum):
    """Whether a customer still comes, by their own rhythm."""

    ACTIVE = "active"
    LAPSING = "lapsing"
    LOST = "lost"
    REGAINED = "regained"  # was lost before the last purchase, and is active again


class Standing(models.Model):
    """One customer in one taking: counts, odds and what is expected; no name.

    A customer is who stands for all records joined. Who never bought has no row.
    """

    taking = models.ForeignKey(Taking, models.CASCADE, related_name="standings", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="standings")
    stage = models.CharField(max_length=10)
    activity = models.CharField(max_length=8, blank=True)  # empty: nobody can tell
    is_regular = models.BooleanField()
    first_on = models.DateField()
    last_on = models.DateField()
    n_days = models.PositiveIntegerField()  # days on which they bought
    usual_gap_days = models.FloatField(null=True)  # median between purchases
    net_minor = models.BigIntegerField()
    year_net_minor = models.BigIntegerField()  # in the 365 days up to the last purchase
    is_high_value = models.BooleanField(default=False)  # of the fifth that brought most in a year
    has_potential = models.BooleanField(default=False)  # not among them, but expected to be
    p_alive = models.FloatField(null=True)
    p_buys = models.FloatField(null=True)  # within the taking's horizon
    p_buys_then = models.FloatField(null=True)  # the same on the day of the last purchase
    expected_purchases = models.FloatField(null=True)
    expected_net_minor = models.BigIntegerField(null=True)
    due_on = models.DateField(null=True)  # the next purchase: middle and 8 in 10
    due_from = models.DateField(null=True)
    due_until = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["taking", "-year_net_minor"],
                condition=Q(activity="lapsing", stage="repeat"),
                name="standing_of_who_is_slipping",
            ),
            models.Index(
                fields=["taking", "-year_net_minor"],
                condition=Q(is_high_value=True) | Q(has_potential=True),
                name="standing_of_high_value",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["taking", "customer"], name="standing_once_in_a_taking"
            ),
            models.CheckConstraint(
                name="standing_stage_is_known", condition=is_one_of("stage", Stage)
            ),
            models.CheckConstraint(
                name="standing_activity_is_known",
                condition=is_one_of("activity", Activity, or_empty=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage} {self.activity}"
