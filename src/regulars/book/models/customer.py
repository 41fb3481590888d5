"""Who the customers are, and what each is known by."""

from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from regulars.book.models.laws import is_one_of
from regulars.kit.ids import new_id


class CustomerKind(StrEnum):
    """What a customer is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Relationship(StrEnum):
    """What a customer is to the company."""

    CONSUMER = "consumer"
    DISTRIBUTOR = "distributor"
    PARTNER = "partner"
    SUPPLIER = "supplier"


class IdentityKind(StrEnum):
    """How a customer can be recognised."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    EXTERNAL = "external"  # the number a shop or another system knows them by


class Customer(models.Model):
    """Somebody who buys here, or may. Names lie here and not in the timeline: they are erasable.

    Records of one customer are joined and stay as they are: whatever hung on a record still does,
    and those who ask look at all of them. So a split gives back exactly what was joined.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, default=CustomerKind.PERSON.value)
    relationship = models.CharField(max_length=12, default=Relationship.CONSUMER.value)
    name = models.CharField(max_length=200, blank=True)  # empty: not told, or erased
    language = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    # The customer this one was joined into, who may be joined into another; a split undoes it.
    joined_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="joined", db_index=False
    )
    # Who is kept at the end of the joins, and stands for all; null: nobody but themselves.
    kept = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="members", db_index=False
    )

    class Meta:
        indexes = (
            models.Index(fields=["kept"], name="customer_by_who_is_kept", condition=~Q(kept=None)),
        )
        constraints = (
            models.CheckConstraint(
                name="customer_kind_is_known", condition=is_one_of("kind", CustomerKind)
            ),
            models.CheckConstraint(
                name="customer_relationship_is_known",
                condition=is_one_of("relationship", Relationship),
            ),
            models.CheckConstraint(
                name="customer_is_joined_where_another_is_kept",
                condition=Q(joined_into=None, kept=None)
                | Q(joined_into__isnull=False, kept__isnull=False)
                & ~Q(joined_into=F("id"))
                & ~Q(kept=F("id")),
            ),
        )

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def whole_id(self) -> UUID:
        """The id of who stands for this record: the one kept, or itself."""
        return self.kept_id or self.pk

    @property
    def whole(self) -> "Customer":
        """The one who stands for this record: the one kept, or itself."""
        return self.kept or self


class Identity(models.Model):
    """One thing a customer is known by, in its one written form; it belongs to one customer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=8)
    source = models.CharField(max_length=40, blank=True)  # whose number it is, where external
    value = models.CharField(max_length=254)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "source", "value"], name="identity_belongs_to_one_customer"
            ),
            models.CheckConstraint(
                name="identity_kind_is_known", condition=is_one_of("kind", IdentityKind)
            ),
            models.CheckConstraint(
                name="identity_email_is_written_small",
                condition=~Q(kind="email") | Q(value=Lower("value")),
            ),
            models.CheckConstraint(
                name="identity_phone_is_international",
                condition=~Q(kind="phone") | Q(value__regex=r"^\+[1-9][0-9]{6,14}$"),
            ),
            models.CheckConstraint(
                name="identity_source_is_named_where_external",
                condition=Q(kind="external") ^ Q(source=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
