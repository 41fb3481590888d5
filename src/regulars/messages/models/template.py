"""What messages say: words of the company's own, each version kept."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models.consent import MessagePurpose
from regulars.book.models.laws import is_code, is_one_of
from regulars.company.models import Staff
from regulars.kit.ids import new_id
from regulars.kit.texts import LANGUAGES


class TemplateVersion(models.Model):
    """The words of one template in one language. Append-only; the highest version holds.

    Templates that are shipped say their shipped words until the company gives its own.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=12)
    variables = models.JSONField()  # name -> kind of value
    subject = models.CharField(max_length=200, blank=True)  # empty: for SMS alone
    text = models.TextField()
    staff = models.ForeignKey(Staff, models.PROTECT, null=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code", "language", "version"], name="template_version_is_said_once"
            ),
            models.CheckConstraint(name="template_code_is_a_code", condition=is_code("code")),
            models.CheckConstraint(
                name="template_language_is_ours", condition=Q(language__in=list(LANGUAGES))
            ),
            models.CheckConstraint(
                name="template_purpose_is_known", condition=is_one_of("purpose", MessagePurpose)
            ),
            models.CheckConstraint(
                name="template_version_counts_from_one", condition=Q(version__gte=1)
            ),
            models.CheckConstraint(name="template_says_something", condition=~Q(text="")),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.version} ({self.language})"
