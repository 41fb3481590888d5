"""What was read of people and what was changed, and by whom."""

from django.db import models
from django.db.models.functions import Now

from regulars.kit.ids import new_id


class AuditEntry(models.Model):
    """One reading or change. Append-only: the database refuses anything else.

    It holds ids and codes, no names and no contact data, so that an erasure need not touch it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    # No foreign key: an entry outlives whatever it speaks of.
    staff_id = models.UUIDField(null=True)  # without staff and key: the house itself
    key_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)  # "staff.joined", "customer.read"
    subject = models.CharField(max_length=60)  # "staff", "customer"
    subject_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["subject", "subject_id", "at"], name="audit_of_a_subject"),
            models.Index(fields=["staff_id", "at"], name="audit_of_a_person"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"
