"""What people wrote."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models.contact import Contact
from regulars.book.models.promise import Promise
from regulars.company.models import Staff
from regulars.kit.ids import new_id


class Note(models.Model):
    """Free text about one contact or promise. It lies apart so that it can be erased alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="notes")
    promise = models.ForeignKey(Promise, models.CASCADE, null=True, related_name="notes")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="notes")
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    text = models.TextField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="note_is_about_one_thing", condition=Q(contact=None) ^ Q(promise=None)
            ),
            models.CheckConstraint(name="note_says_something", condition=~Q(text="")),
        )

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d %H:%M}"
