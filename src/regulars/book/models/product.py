"""What is sold."""

from django.db import models
from django.db.models import F, Q

from regulars.book.models.laws import is_told
from regulars.kit.ids import new_id


class Category(models.Model):
    """A shelf of products, in one other shelf or in none. Codes are the source's own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=40)
    code = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code", "source"], name="category_once_per_code"),
            models.CheckConstraint(
                name="category_source_and_code_are_told", condition=is_told("source", "code")
            ),
            models.CheckConstraint(
                name="category_does_not_hold_itself",
                condition=Q(parent=None) | ~Q(parent=F("id")),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.code


class Product(models.Model):
    """Something that can be bought. Each source has codes of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="products")
    name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=40)
    code = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code", "source"], name="product_once_per_code"),
            models.CheckConstraint(
                name="product_source_and_code_are_told", condition=is_told("source", "code")
            ),
        )

    def __str__(self) -> str:
        return self.name or self.code
