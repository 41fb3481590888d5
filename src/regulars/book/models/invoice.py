"""What was asked to be paid, and whether the customer agrees."""

from datetime import date
from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_currency, is_one_of, is_told
from regulars.book.models.order import Order
from regulars.kit.ids import new_id


class DisputeReason(StrEnum):
    """Why a customer does not want to pay."""

    NOT_ORDERED = "not_ordered"
    NOT_DELIVERED = "not_delivered"
    WRONG_GOODS = "wrong_goods"
    FAULTY_GOODS = "faulty_goods"
    WRONG_AMOUNT = "wrong_amount"
    PAID_ALREADY = "paid_already"
    OTHER = "other"


class DisputeOutcome(StrEnum):
    """How a dispute ended."""

    CREDITED = "credited"
    PARTLY_CREDITED = "partly_credited"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Invoice(models.Model):
    """A demand for payment, for an order or for something else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="invoices")
    number = models.CharField(max_length=60)  # as printed on it
    issued_on = models.DateField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True)  # null: not paid
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    version = models.PositiveIntegerField(default=1)  # one more with each change
    source = models.CharField(max_length=40)
    source_key = models.CharField(max_length=100)

    class Meta:
        indexes = (
            models.Index(fields=["customer", "issued_on"], name="invoice_of_a_customer"),
            models.Index(fields=["due_on"], name="invoice_unpaid", condition=Q(paid_on=None)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["source_key", "source"], name="invoice_once_per_source_key"
            ),
            models.CheckConstraint(
                name="invoice_source_key_and_number_are_told",
                condition=is_told("source", "source_key", "number"),
            ),
            models.CheckConstraint(
                name="invoice_amount_is_positive", condition=Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(name="invoice_currency_is_a_code", condition=is_currency()),
            models.CheckConstraint(
                name="invoice_is_due_after_it_was_issued", condition=Q(due_on__gte=F("issued_on"))
            ),
        )

    def __str__(self) -> str:
        return self.number

    def is_overdue(self, on: date) -> bool:
        """Whether it should have been paid by a day and was not."""
        return self.due_on < on and (self.paid_on is None or self.paid_on > on)


class Dispute(models.Model):
    """A customer does not agree with an invoice. One at a time is open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="disputes")
    reason = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # empty: still open
    source = models.CharField(max_length=40)
    source_key = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["source_key", "source"], name="dispute_once_per_source_key"
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(resolved_at=None),
                name="dispute_is_open_once_per_invoice",
            ),
            models.CheckConstraint(
                name="dispute_source_and_key_are_told", condition=is_told("source", "source_key")
            ),
            models.CheckConstraint(
                name="dispute_reason_is_known", condition=is_one_of("reason", DisputeReason)
            ),
            models.CheckConstraint(
                name="dispute_outcome_is_known",
                condition=is_one_of("outcome", DisputeOutcome, or_empty=True),
            ),
            models.CheckConstraint(
                name="dispute_has_an_outcome_once_resolved",
                condition=Q(resolved_at=None, outcome="")
                | (Q(resolved_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="dispute_is_resolved_after_it_was_opened",
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("opened_at")),
            ),
        )

    def __str__(self) -> str:
        return f"dispute of {self.invoice_id}"
