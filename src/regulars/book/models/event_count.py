"""How many events of each kind happened when: kept by a reader of the timeline."""

from django.db import models
from django.db.models import Q


class EventCount(models.Model):
    """Events of one kind within a quarter of an hour.

    A quarter, because every zone's midnight falls on one: a day of any zone is a sum of them.
    """

    began_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    n = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["began_at", "kind"], name="count_once_per_quarter"),
            models.CheckConstraint(name="count_is_positive", condition=Q(n__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.n} {self.kind} {self.began_at:%Y-%m-%d %H:%M}"
