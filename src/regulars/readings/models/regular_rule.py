"""What the company calls a regular; the last word counts, and no word is changed."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.measure.regulars import Definition

LONGEST_DAYS = 3650


class RegularRule(models.Model):
    """One version of the rule: so many purchase days in a window, among those of a base window."""

    days = models.PositiveSmallIntegerField()
    window_days = models.PositiveSmallIntegerField()
    base_days = models.PositiveSmallIntegerField()
    horizon_days = models.PositiveSmallIntegerField(default=90)  # how far the odds look ahead
    set_at = models.DateTimeField(db_default=Now(), editable=False)
    set_by = models.UUIDField(null=True)  # a member of staff

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="regular_rule_fits_its_windows",
                condition=Q(days__gte=1)
                & Q(window_days__gte=F("days"))
                & Q(base_days__gte=F("window_days"))
                & Q(base_days__lte=LONGEST_DAYS),
            ),
            models.CheckConstraint(
                name="regular_rule_looks_ahead",
                condition=Q(horizon_days__gte=1) & Q(horizon_days__lte=LONGEST_DAYS),
            ),
        )

    def __str__(self) -> str:
        return str(self.definition)

    @property
    def definition(self) -> Definition:
        """The rule as measures take it."""
        return Definition(self.days, self.window_days, self.base_days)

    @classmethod
    def at_first(cls) -> "RegularRule":
        """What goes until the company says otherwise; not stored."""
        usual = Definition()
        return cls(days=usual.days, window_days=usual.window_days, base_days=usual.base_days)
