"""One round of measuring, from the book to the pages."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.book.models.laws import is_one_of
from regulars.kit.ids import new_id


class TakingState(StrEnum):
    """How far a round has come."""

    RUNNING = "running"
    STORED = "stored"
    FAILED = "failed"


class Taking(models.Model):
    """Everything measured at one time, over one window, by one version of the measures.

    The last one stored is what the pages show. A round that was killed stays `running` until the
    next one begins, and leaves nothing that anybody sees.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=8, default=TakingState.RUNNING.value)
    began_at = models.DateTimeField(db_default=Now(), editable=False)
    stored_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=120, blank=True)  # what it is at: an English sentence
    done_share = models.FloatField(default=0)
    first_on = models.DateField(null=True)  # the window: the first and the last day looked at
    as_of = models.DateField(null=True)
    engine = models.CharField(max_length=60, blank=True)  # names and versions
    currency = models.CharField(max_length=3, blank=True)
    rule = models.CharField(max_length=40, blank=True)  # what a regular was: 3/180d/365d
    horizon_days = models.PositiveSmallIntegerField(default=90)
    serving = models.CharField(max_length=40, blank=True)  # the model or rule that foretells
    n_lines = models.BigIntegerField(default=0)
    n_customers = models.BigIntegerField(default=0)
    n_other_currency = models.BigIntegerField(default=0)  # lines left out
    why_not = models.CharField(max_length=400, blank=True)  # where it failed: the sentence

    class Meta:
        indexes = (models.Index(fields=["-stored_at"], name="taking_by_when_it_was_stored"),)
        constraints = (
            models.CheckConstraint(
                name="taking_state_is_known", condition=is_one_of("state", TakingState)
            ),
            models.CheckConstraint(
                name="taking_is_stored_at_an_instant",
                condition=Q(state="stored") ^ Q(stored_at=None),
            ),
            models.CheckConstraint(
                name="taking_window_does_not_end_before_it_begins",
                condition=Q(as_of=None) | Q(first_on__lte=F("as_of")),
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="one_taking_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.as_of} {self.state}"
