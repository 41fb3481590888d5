"""What the company wants to reach: a number, a date, an owner."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models.laws import is_one_of
from regulars.company.models import Staff
from regulars.kit.ids import new_id


class GoalMetric(StrEnum):
    """What can be wished for; each is a measure of every taking."""

    REGULARS_SHARE = "regulars_share"
    BACK_WITHIN_YEAR = "back_within_year_share"
    REGULARS_REVENUE = "regulars_revenue_share"


class Goal(models.Model):
    """One goal. One of a metric is open at a time; an ended one stays, with how it went."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    metric = models.CharField(max_length=40)
    target_share = models.FloatField()
    due_on = models.DateField()
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="goals")
    set_at = models.DateTimeField(db_default=Now(), editable=False)
    set_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="goal_metric_is_known", condition=is_one_of("metric", GoalMetric)
            ),
            models.CheckConstraint(
                name="goal_target_is_a_share",
                condition=Q(target_share__gt=0, target_share__lte=1),
            ),
            models.UniqueConstraint(
                fields=["metric"], condition=Q(ended_at=None), name="one_open_goal_of_a_metric"
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.target_share} by {self.due_on}"
