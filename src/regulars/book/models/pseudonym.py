"""The key that pseudonyms are made with."""

from django.db import models
from django.db.models import Q


class PseudonymKey(models.Model):
    """One row: the key of HMAC-SHA256, padded as RFC 2104 wants it for the inner and outer hash.

    So the database makes a pseudonym with its own sha256. Analysts cannot read this table.
    """

    id = models.IntegerField(primary_key=True, default=1, editable=False)
    inner = models.BinaryField(max_length=64)
    outer = models.BinaryField(max_length=64)

    class Meta:
        constraints = (models.CheckConstraint(name="pseudonym_key_is_one_row", condition=Q(id=1)),)

    def __str__(self) -> str:
        return "the key of pseudonyms"
