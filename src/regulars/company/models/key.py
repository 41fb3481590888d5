"""Keys by which programs reach the API."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.company.models.staff import Staff
from regulars.company.scopes import Scope
from regulars.kit.ids import new_id


class ApiKey(models.Model):
    """One program's key, as wide as its scopes. Only a digest of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)  # what it is for
    prefix = models.CharField(max_length=12, unique=True)  # the part of the key that may be shown
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=20))
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute

    class Meta:
        constraints = (
            models.CheckConstraint(name="key_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="key_scopes_are_known",
                condition=Q(scopes__contained_by=[scope.value for scope in Scope])
                & ~Q(scopes__len=0),
            ),
            models.CheckConstraint(
                name="key_expires_after_it_was_made",
                condition=Q(expires_at=None) | Q(expires_at__gt=F("made_at")),
            ),
        )

    def __str__(self) -> str:
        return self.prefix
