"""How long personal data is kept: rules that a person set."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models.laws import is_code
from regulars.company.models import Staff
from regulars.kit.ids import new_id


class RetentionRule(models.Model):
    """One version of the rule for one kind of data. Append-only: the latest version holds.

    Without days the rule is off. Nothing goes for which no rule holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    what = models.CharField(max_length=40)  # the code of a `Kind` in services.retention_kinds
    version = models.PositiveIntegerField()
    days = models.PositiveIntegerField(null=True)
    is_nightly = models.BooleanField(default=False)  # applied each night, and not by hand alone
    set_at = models.DateTimeField(db_default=Now(), editable=False)
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="retention_rules")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["what", "version"], name="retention_version_is_one"),
            models.CheckConstraint(name="retention_what_is_a_code", condition=is_code("what")),
            models.CheckConstraint(
                name="retention_version_counts_from_one", condition=Q(version__gte=1)
            ),
            models.CheckConstraint(
                name="retention_lasts_a_day_at_least", condition=Q(days=None) | Q(days__gte=1)
            ),
            models.CheckConstraint(
                name="retention_that_is_off_is_not_nightly",
                condition=Q(days__isnull=False) | Q(is_nightly=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.version}"
