"""Where webhooks go: the endpoints of other programs, their secrets, and how each try went."""

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models.laws import is_code, is_code_or_empty, is_one_of, is_told
from regulars.kit.ids import new_id


class EndpointState(StrEnum):
    """Whether an endpoint is told what happens."""

    ENABLED = "enabled"
    PAUSED = "paused"  # what happens is kept for it, and told once it is resumed
    DISABLED = "disabled"  # nothing more is kept; what waited is still there


class PayloadStyle(StrEnum):
    """How much a webhook says."""

    THIN = "thin"  # what happened to what; the rest is asked for at the API
    FULL = "full"  # the event as the API has it


class Endpoint(models.Model):
    """The address of another program that is told what happens."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)  # what it is for
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=40), default=list)  # of events; empty: all
    payload = models.CharField(max_length=4, default=PayloadStyle.THIN.value)
    state = models.CharField(max_length=8, default=EndpointState.ENABLED.value)
    why = models.CharField(max_length=40, blank=True)  # why it is not enabled
    stopped_at = models.DateTimeField(null=True)  # since when it is not
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    # It could not be reached, or asked to be left alone: nothing is sent to it before.
    held_until = models.DateTimeField(null=True)
    n_unreachable = models.PositiveSmallIntegerField(default=0)  # one after another
    failing_since = models.DateTimeField(null=True)  # nothing arrived from then on

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["url"], name="endpoint_has_an_address_of_its_own"),
            models.CheckConstraint(
                name="endpoint_has_a_name_and_an_address", condition=is_told("name", "url")
            ),
            models.CheckConstraint(
                name="endpoint_payload_is_known", condition=is_one_of("payload", PayloadStyle)
            ),
            models.CheckConstraint(
                name="endpoint_state_is_known", condition=is_one_of("state", EndpointState)
            ),
            models.CheckConstraint(
                name="endpoint_not_enabled_says_why_and_since_when",
                condition=Q(state=EndpointState.ENABLED.value, why="", stopped_at=None)
                | ~Q(state=EndpointState.ENABLED.value) & is_code("why") & ~Q(stopped_at=None),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def wants(self, kind: str) -> bool:
        """Whether it asked for events of a kind."""
        return not self.kinds or kind in self.kinds


class EndpointSecret(models.Model):
    """What webhooks to an endpoint are signed with; the old one holds while it is replaced."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="secrets")
    sealed = models.CharField(max_length=300)  # encrypted
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["endpoint"],
                name="endpoint_has_one_secret_that_stays",
                condition=Q(expires_at=None),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class DeliveryAttempt(models.Model):
    """One try to tell an endpoint of something, and what it answered.

    It stands by itself, so that it can be forgotten before the message is and the other way round.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="tries", db_index=False)
    webhook_id = models.CharField(max_length=40)  # as in its header
    kind = models.CharField(max_length=60)
    attempt = models.PositiveSmallIntegerField(default=1)
    status = models.PositiveSmallIntegerField(null=True)  # of HTTP; null: no answer came
    reason = models.CharField(max_length=40, blank=True)  # why it did not arrive
    answer = models.CharField(max_length=200, blank=True)  # its beginning, addresses masked
    duration_ms = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(fields=["endpoint", "id"], name="attempt_at_an_endpoint"),)
        constraints = (
            models.CheckConstraint(
                name="attempt_reason_is_a_code", condition=is_code_or_empty("reason")
            ),
        )

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.status}"

    @property
    def is_delivered(self) -> bool:
        """Whether the endpoint took it."""
        return not self.reason
