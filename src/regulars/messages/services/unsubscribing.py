"""A customer says no more, by a link in a message."""

from uuid import UUID

from django.db import transaction

from regulars.book.models import Customer
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.queries.consents import consents_of
from regulars.book.services.consents import ASKED_FOR, Act, Scope, withdraw_consent
from regulars.book.services.telling import hold
from regulars.kit.ids import new_id

SOURCE = "unsubscribe"


@transaction.atomic
def unsubscribe(customer_id: UUID, *purposes: MessagePurpose) -> None:
    """Withdraw consent to mail for these purposes, all where none is named.

    What is withdrawn already is not withdrawn again; a link works again after consent was given
    anew. Of a customer who is not there any more nothing is left to do.
    """
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        return
    customer = hold(customer)
    said_no = {
        said.purpose
        for said in consents_of(customer)
        if said.channel == MessageChannel.EMAIL and not said.is_given
    }
    left = [purpose for purpose in purposes or ASKED_FOR if purpose not in said_no]
    if left:
        withdraw_consent(
            customer,
            Scope([MessageChannel.EMAIL], left),
            Act(ConsentHow.LINK),
            source=SOURCE,
            source_key=str(new_id()),
            by=None,
        )
