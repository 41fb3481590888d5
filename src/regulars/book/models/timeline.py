"""On which cluster the timeline is written."""

from django.db import models
from django.db.models import Q


class Timeline(models.Model):
    """The one row that says which cluster the present epoch belongs to.

    Transaction numbers begin anew on another cluster, so events written there carry a higher epoch.
    """

    id = models.IntegerField(primary_key=True, default=1, editable=False)
    epoch = models.IntegerField(default=1)
    system_identifier = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="timeline_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(name="timeline_epoch_is_positive", condition=Q(epoch__gte=1)),
        )

    def __str__(self) -> str:
        return f"epoch {self.epoch}"
