"""How far each subscriber has read."""

from django.db import models


class Reader(models.Model):
    """A subscriber's place in the timeline; saved in the transaction of what it did."""

    name = models.CharField(max_length=40, primary_key=True)
    epoch = models.IntegerField(default=0)
    txid = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
