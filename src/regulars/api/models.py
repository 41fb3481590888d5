"""What the door itself remembers: answers it gave, and how often each key asked."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.company.models import ApiKey


class GivenAnswer(models.Model):
    """The answer to a request that named an idempotency key, committed with what it did.

    The request is kept as a digest alone; answers hold ids and codes, nothing personal.
    """

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=255)  # the idempotency key
    digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)  # null: not committed yet
    body = models.TextField(blank=True)
    given_at = models.DateTimeField(db_default=Now(), db_index=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["key", "name"], name="answer_is_given_once"),
            models.CheckConstraint(name="answer_name_is_told", condition=~Q(name="")),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.status}"


class Usage(models.Model):
    """How often a key asked within one minute, counted for all workers together."""

    key = models.OneToOneField(ApiKey, models.CASCADE, primary_key=True, related_name="+")
    n = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.n} until {self.ends_at:%H:%M:%S}"
