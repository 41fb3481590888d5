"""A link that makes one person staff."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.kit.ids import new_id


class Invitation(models.Model):
    """Used once, by whoever holds the link. Only a digest of its token is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.CharField(max_length=12)
    token_digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="invitation_expires_after_it_was_made",
                condition=Q(expires_at__gt=F("made_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} until {self.expires_at:%Y-%m-%d %H:%M}"
