"""How far each subscriber has read."""

from django.db import models


class Reader(models.Model):
    """A subscriber's place in the timeline; saved in the transaction of what it did."""

    name = models.CharField(max_length=40, primary_key=True)
    epoch = models.IntegerField(default=0)
    txid = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    n_failures = models.IntegerField(default=0)  # one after another, at the place where it stands
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
