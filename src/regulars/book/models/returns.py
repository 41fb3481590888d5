"""What came back."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_currency, is_one_of, is_told, not_negative
from regulars.book.models.order import Order, OrderLine
from regulars.book.models.product import Product
from regulars.kit.ids import new_id


class ReturnReason(StrEnum):
    """Why goods came back."""

    CHANGED_MIND = "changed_mind"
    FAULTY = "faulty"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    NOT_AS_DESCRIBED = "not_as_described"
    DOES_NOT_FIT = "does_not_fit"
    TOO_LATE = "too_late"
    OTHER = "other"


class Return(models.Model):
    """Goods given back, whole or in part, and what was paid back for them.

    A shop that takes goods back without asking for the receipt does not know the order.
    `refund_minor` is the sum of the lines; tax and shipping are paid back beside it, as they were
    asked for beside the net of the order.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="returns", db_index=False
    )
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="returns")
    reason = models.CharField(max_length=20, blank=True)  # empty: not told
    channel = models.CharField(max_length=20, blank=True)
    returned_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    refund_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)  # one more with each change
    source = models.CharField(max_length=40)
    source_key = models.CharField(max_length=100)

    class Meta:
        indexes = (models.Index(fields=["customer", "returned_at"], name="return_of_a_customer"),)
        constraints = (
            models.UniqueConstraint(
                fields=["source_key", "source"], name="return_once_per_source_key"
            ),
            models.CheckConstraint(
                name="return_source_and_key_are_told", condition=is_told("source", "source_key")
            ),
            models.CheckConstraint(
                name="return_reason_is_known",
                condition=is_one_of("reason", ReturnReason, or_empty=True),
            ),
            models.CheckConstraint(name="return_currency_is_a_code", condition=is_currency()),
            models.CheckConstraint(
                name="return_amounts_are_not_negative",
                condition=not_negative("refund_minor", "tax_minor", "shipping_minor"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.source_key}"


class ReturnLine(models.Model):
    """Some of one line of an order, given back; or of a product, where the order is not known.

    A trigger holds it to what was bought: see migration 0006.
    """

    goods_return = models.ForeignKey(
        Return, models.CASCADE, related_name="lines", db_column="return_id"
    )
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, related_name="returned", db_index=False
    )
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="return_lines")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    refund_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            # The order line first: what came back of it is asked for more often.
            models.UniqueConstraint(
                fields=["order_line", "goods_return"], name="return_line_once_per_order_line"
            ),
            models.CheckConstraint(
                name="return_line_quantity_is_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="return_line_refund_is_not_negative", condition=not_negative("refund_minor")
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} back"
