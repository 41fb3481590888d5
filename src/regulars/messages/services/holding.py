"""Locking a message, always in the same order, so that no two wait for each other."""

from typing import Any
from uuid import UUID

from regulars.book.models import Customer
from regulars.book.services.joining import hold_whole
from regulars.messages.models import Outgoing


def hold_message(message_id: UUID, **as_it_was: Any) -> Outgoing | None:
    """The message, locked, and whose it is before it; None where it is not as it was.

    Whoever changes a customer, as an erasure does, has who stands for all records first, and then
    the messages.
    """
    whose = Customer.objects.filter(outgoing=message_id).first()
    if whose is not None:
        hold_whole(whose)
    found = Outgoing.objects.select_for_update(no_key=True, of=("self",))
    return found.select_related("customer").filter(pk=message_id, **as_it_was).first()
