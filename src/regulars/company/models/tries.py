"""How often signing in was tried."""

from django.db import models


class Tries(models.Model):
    """Tries of one account or from one address within one window of time; n 0: it signed in there.

    Who it was is kept as a digest: the row is of no use to whoever reads the table.
    """

    digest = models.BinaryField(max_length=32, primary_key=True)
    n = models.IntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.n} until {self.ends_at:%H:%M}"
