"""Who was erased: the list that outlives the database, so that a restore applies it again."""

from django.db import models


class Erasure(models.Model):
    """One customer whose personal data was erased. Append-only, and says nothing but the id.

    No foreign key: after an older backup was restored, the customer may not be there.
    """

    customer_id = models.UUIDField(primary_key=True)
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.customer_id} {self.erased_at:%Y-%m-%d}"
