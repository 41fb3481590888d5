"""Who may be the same person, until somebody has decided."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_one_of
from regulars.company.models import Staff
from regulars.kit.ids import new_id


class SuggestionState(StrEnum):
    """What somebody decided."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class JoinSuggestion(models.Model):
    """Two records that are probably of one person. What says so is kept as outcomes, not as data.

    A pair that was decided comes up again only when one of the records says something else.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey(
        Customer, models.CASCADE, related_name="suggested_first", db_index=False
    )
    second = models.ForeignKey(Customer, models.CASCADE, related_name="suggested_second")
    probability = models.FloatField()
    evidence = models.JSONField()  # [field, outcome, doublings of the odds], the strongest first
    digest = models.CharField(max_length=64)  # of what both records said
    state = models.CharField(max_length=8, default=SuggestionState.OPEN.value)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="joins_decided")

    class Meta:
        indexes = (
            models.Index(
                fields=["-probability"], name="suggestion_to_decide", condition=Q(state="open")
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="suggestion_once_per_pair"),
            models.CheckConstraint(
                name="suggestion_names_the_older_first", condition=Q(first__lt=F("second"))
            ),
            models.CheckConstraint(
                name="suggestion_is_probable",
                condition=Q(probability__gt=0, probability__lte=1),
            ),
            models.CheckConstraint(
                name="suggestion_state_is_known", condition=is_one_of("state", SuggestionState)
            ),
            models.CheckConstraint(
                name="suggestion_is_decided_at_a_moment",
                condition=Q(state=SuggestionState.OPEN.value) ^ Q(decided_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.probability:.2f}"


class LinkageWeights(models.Model):
    """What was learned of how much each field says; the latest holds."""

    learned_at = models.DateTimeField(db_default=Now(), editable=False)
    n_records = models.PositiveBigIntegerField()
    weights = models.JSONField()

    class Meta:
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"learned of {self.n_records} records"
