"""Customers whose data is kept and not used (GDPR, article 18)."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_one_of
from regulars.kit.ids import new_id


class RestrictionGround(StrEnum):
    """Why, as article 18(1) lists it."""

    ACCURACY = "accuracy"  # (a) the customer says that something is wrong, until it is looked into
    UNLAWFUL = "unlawful"  # (b) we should not hold it, and the customer wants it kept
    CLAIMS = "claims"  # (c) we need it no more, the customer does, for a legal claim
    OBJECTION = "objection"  # (d) the customer objects, until it is clear whose reasons weigh more


class Restriction(models.Model):
    """A restriction while it lasts and afterwards; it holds for all records of the customer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="restrictions")
    ground = models.CharField(max_length=10)
    began_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True)  # null: it lasts

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(lifted_at=None),
                name="restriction_lasts_once_at_a_time",
            ),
            models.CheckConstraint(
                name="restriction_ground_is_known",
                condition=is_one_of("ground", RestrictionGround),
            ),
            models.CheckConstraint(
                name="restriction_is_lifted_after_it_began",
                condition=Q(lifted_at=None) | Q(lifted_at__gte=F("began_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.ground}"
