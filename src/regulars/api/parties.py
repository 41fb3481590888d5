"""Customers as programs name them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from regulars.api.shapes import Card, Email, ExternalId, Name, Phone, Prefixed, Shape
from regulars.book.sent.people import Who

CustomerId = Annotated[UUID, Prefixed("cus")]


class Party(Shape):
    """A customer by what they are known by; whoever is known by none of it yet is taken down."""

    external_id: ExternalId | None = None
    email: Email | None = None
    phone: Phone | None = None
    card: Card | None = None
    name: Name | None = None

    def who(self) -> Who:
        """As the book takes it."""
        return Who(**self.model_dump())


Whose = Annotated[
    CustomerId | Party,
    Field(description="The id of the book, or what the customer is known by"),
]


def who_of(told: UUID | Party | None) -> Who | None:
    """As the book takes it; None where nobody is named."""
    if told is None:
        return None
    return Who(id=told) if isinstance(told, UUID) else told.who()
