"""What customers care for, and what they do not want."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_code, is_one_of
from regulars.kit.ids import new_id


class InterestOrigin(StrEnum):
    """How we know."""

    TOLD = "told"  # by the customer
    LEARNED = "learned"  # from what the customer does


class Interest(models.Model):
    """What one customer thinks of one topic; what was told and what was learned stand apart."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="interests", db_index=False)
    topic = models.CharField(max_length=60)  # a code: of a category, or the company's own
    origin = models.CharField(max_length=8)
    is_wanted = models.BooleanField()
    strength_share = models.FloatField(default=1.0)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "topic", "origin"], name="interest_once_per_topic_and_origin"
            ),
            models.CheckConstraint(name="interest_topic_is_a_code", condition=is_code("topic")),
            models.CheckConstraint(
                name="interest_origin_is_known", condition=is_one_of("origin", InterestOrigin)
            ),
            models.CheckConstraint(
                name="interest_strength_is_a_share",
                condition=Q(strength_share__gt=0, strength_share__lte=1),
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} ({self.origin})"
