"""Every time a customer and the company met or spoke."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_code_or_empty, is_one_of
from regulars.company.models import Staff
from regulars.kit.ids import new_id


class ContactKind(StrEnum):
    """In what way."""

    VISIT = "visit"
    CALL = "call"
    CHAT = "chat"
    EMAIL = "email"


class Direction(StrEnum):
    """Who began."""

    IN = "in"  # the customer
    OUT = "out"  # the company


class Contact(models.Model):
    """One visit, call, chat or e-mail: codes and times. What was said lies in `Note`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts", db_index=False)
    kind = models.CharField(max_length=8)
    direction = models.CharField(max_length=4)
    channel = models.CharField(max_length=20, blank=True)
    branch = models.CharField(max_length=20, blank=True)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="contacts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # null: it lasts, or nobody noted it
    waiting_seconds = models.PositiveIntegerField(null=True)  # until somebody answered
    handling_seconds = models.PositiveIntegerField(null=True)  # of ours, work afterwards included
    outcome = models.CharField(max_length=40, blank=True)  # a code: "solved", "missed"

    class Meta:
        indexes = (models.Index(fields=["customer", "-started_at"], name="contact_of_a_customer"),)
        constraints = (
            models.CheckConstraint(
                name="contact_kind_is_known", condition=is_one_of("kind", ContactKind)
            ),
            models.CheckConstraint(
                name="contact_direction_is_known", condition=is_one_of("direction", Direction)
            ),
            models.CheckConstraint(
                name="contact_ends_after_it_began",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
            ),
            *(
                models.CheckConstraint(
                    name=f"contact_{field}_is_a_code", condition=is_code_or_empty(field)
                )
                for field in ("channel", "branch", "outcome")
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"
