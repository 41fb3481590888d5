"""The rules of contact, what each customer wants, and what became of what was to be sent."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models import Customer
from regulars.book.models.consent import MessageChannel, MessagePurpose
from regulars.book.models.laws import is_code, is_one_of
from regulars.kit.ids import new_id
from regulars.messages.models.outgoing import Outgoing


class ContactRules(models.Model):
    """One version of the company's rules. Append-only: the highest holds.

    `budget.rules` reads and writes what is in it, and has the rules of a house without any.
    """

    version = models.PositiveIntegerField(primary_key=True)
    rules = models.JSONField()
    staff_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="contact_rules_count_from_one", condition=Q(version__gte=1)
            ),
        )

    def __str__(self) -> str:
        return f"version {self.version}"


class ContactPreference(models.Model):
    """What a customer wants of the company's messages; it hangs on the record it was told of."""

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="contact_preference"
    )
    time_zone = models.CharField(max_length=60, blank=True)  # empty: not told
    most_a_week = models.PositiveSmallIntegerField(null=True)  # null: as the company has it
    told_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="contact_preference_says_something",
                condition=~Q(time_zone="", most_a_week=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.time_zone or '-'}, {self.most_a_week}"


class Approach(models.Model):
    """Once that a customer was approached by another way than the outbox: in the app, by phone.

    It counts in the budget as what left by the outbox does.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="approaches", db_index=False
    )
    channel = models.CharField(max_length=8)
    purpose = models.CharField(max_length=12)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True)  # the same key is the same approach
    approached_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["customer", "approached_at"], name="approach_of_a_customer"),
        )
        constraints = (
            models.CheckConstraint(
                name="approach_channel_is_known", condition=is_one_of("channel", MessageChannel)
            ),
            models.CheckConstraint(
                name="approach_purpose_is_known", condition=is_one_of("purpose", MessagePurpose)
            ),
            models.CheckConstraint(name="approach_kind_is_a_code", condition=is_code("kind")),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.kind} {self.approached_at:%Y-%m-%d}"


class BudgetDecision(models.Model):
    """What the budget last said of a message, with its numbers; each message has one."""

    outgoing = models.OneToOneField(
        Outgoing, models.CASCADE, primary_key=True, related_name="budget_decision"
    )
    code = models.CharField(max_length=20)
    until = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    rules_version = models.PositiveIntegerField()  # 0: those of a house that has none of its own
    decided_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="budget_decision_code_is_a_code", condition=is_code("code")
            ),
        )

    def __str__(self) -> str:
        return self.code
