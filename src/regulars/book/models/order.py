"""What was bought."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable, CombinedExpression, ExpressionWrapper, Value

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_currency, is_one_of, is_told, not_negative
from regulars.book.models.product import Product
from regulars.kit.ids import new_id


class OrderStatus(StrEnum):
    """Where an order stands."""

    PLACED = "placed"
    CANCELLED = "cancelled"  # adds nothing to anything, and is kept


def _net() -> CombinedExpression:
    return F("gross_minor") - F("discount_minor")


class Order(models.Model):
    """One purchase; without a customer it is an anonymous sale.

    Gross, discount and net are the sums of the lines: the goods alone, as priced. Shipping is asked
    for beside them, and so is a tax that the prices do not hold.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="orders", db_index=False
    )
    status = models.CharField(max_length=10, default=OrderStatus.PLACED.value)
    channel = models.CharField(max_length=20, blank=True)
    branch = models.CharField(max_length=40, blank=True)  # its code
    placed_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    net_minor = models.GeneratedField(
        expression=_net(), output_field=models.BigIntegerField(), db_persist=True
    )
    tax_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)  # one more with each change
    source = models.CharField(max_length=40)
    source_key = models.CharField(max_length=100)

    class Meta:
        indexes = (models.Index(fields=["customer", "placed_at"], name="order_of_a_customer"),)
        constraints = (
            # The key first: an order is also looked for by its number alone.
            models.UniqueConstraint(
                fields=["source_key", "source"], name="order_once_per_source_key"
            ),
            models.CheckConstraint(
                name="order_source_and_key_are_told", condition=is_told("source", "source_key")
            ),
            models.CheckConstraint(
                name="order_status_is_known", condition=is_one_of("status", OrderStatus)
            ),
            models.CheckConstraint(name="order_currency_is_a_code", condition=is_currency()),
            models.CheckConstraint(
                name="order_amounts_are_not_negative",
                condition=not_negative("discount_minor", "tax_minor", "shipping_minor"),
            ),
            models.CheckConstraint(
                name="order_discount_is_at_most_gross",
                condition=Q(discount_minor__lte=F("gross_minor")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.source_key}"

    @property
    def is_cancelled(self) -> bool:
        """Whether the order came to nothing."""
        return self.status == OrderStatus.CANCELLED

    @property
    def total_minor(self) -> int:
        """What the customer was asked for: goods, shipping, and tax that is not in the prices."""
        return int(self.net_minor + self.shipping_minor + self.tax_minor)


def _price_times_quantity(*, give: int) -> Combinable:
    """The unit price by the quantity, and what rounding may take off or add.

    A unit price is off by half a minor unit at most, and so is the gross.
    """
    rounding = (F("quantity") + Value(1)) / Value(2)
    return ExpressionWrapper(
        F("quantity") * F("unit_price_minor") + Value(give) * rounding,
        output_field=models.DecimalField(max_digits=30, decimal_places=6),
    )


class OrderLine(models.Model):
    """Some of one product in an order. Without a product, only what was paid is known."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()  # 1 is the first
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="order_lines")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price_minor = models.BigIntegerField(null=True)  # null: not told
    gross_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    net_minor = models.GeneratedField(
        expression=_net(), output_field=models.BigIntegerField(), db_persist=True
    )
    coupon = models.CharField(max_length=40, blank=True)  # its code

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["order", "position"], name="order_line_position_is_taken_once"
            ),
            models.CheckConstraint(
                name="order_line_position_counts_from_one", condition=Q(position__gte=1)
            ),
            models.CheckConstraint(
                name="order_line_quantity_is_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="order_line_amounts_are_not_negative",
                condition=not_negative("discount_minor")
                & (Q(unit_price_minor=None) | not_negative("unit_price_minor")),
            ),
            models.CheckConstraint(
                name="order_line_discount_is_at_most_gross",
                condition=Q(discount_minor__lte=F("gross_minor")),
            ),
            models.CheckConstraint(
                name="order_line_gross_is_price_times_quantity",
                condition=Q(unit_price_minor=None)
                | Q(
                    gross_minor__gte=_price_times_quantity(give=-1),
                    gross_minor__lte=_price_times_quantity(give=1),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"line {self.position}"
