"""Messages by template: to a customer in their language, at the address they are known by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regulars.book.models import Customer, Identity
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.wholes import hanging_on
from regulars.company.queries.company import the_company
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.messages.models import Outgoing
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.queries.templates import letter_of, our_language
from regulars.messages.services.outbox import Draft, queue
from regulars.messages.sms_segments import segments
from regulars.messages.template_text import Value

MOST_SEGMENTS = 10
STALE_AFTER = timedelta(days=7)  # unless said otherwise; an outbox may be stuck for long
_KNOWN_BY = {OutgoingChannel.EMAIL: IdentityKind.EMAIL, OutgoingChannel.SMS: IdentityKind.PHONE}


class NoAddress(Refusal):
    """A customer cannot be reached on a channel."""

    def __init__(self, channel: OutgoingChannel) -> None:
        super().__init__(
            "no_address",
            N_("This customer has no address for {channel}."),
            N_("Add one, or choose another channel."),
            channel=str(channel),
        )


class SmsTooLong(Refusal):
    """A text would go out in more parts than phones put together."""

    def __init__(self, n: int) -> None:
        super().__init__(
            "sms_too_long",
            N_("This SMS has {n} parts; {most} is the most."),
            N_("Write a shorter text."),
            n=n,
            most=MOST_SEGMENTS,
        )


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What is to be said: the template, its values, and the key that makes it this message."""

    code: str
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    priority: int = 5
    not_before: datetime | None = None
    expires_at: datetime | None = None


@transaction.atomic
def write_to_customer(
    customer: Customer,
    occasion: Occasion,
    *,
    channel: OutgoingChannel = OutgoingChannel.EMAIL,
    by: UUID | None,
) -> Outgoing:
    """Queue a message for a customer; the words are those of this moment."""
    address = _address_of(customer, channel)
    language = our_language(customer.whole.language) or the_company().first_language
    return _queue(occasion, customer, address, language, channel=channel, by=by)


@transaction.atomic
def write_to(address: str, occasion: Occasion, *, language: str, by: UUID | None) -> Outgoing:
    """Queue a mail for somebody who is no customer."""
    return _queue(occasion, None, address, language, channel=OutgoingChannel.EMAIL, by=by)


def _queue(
    occasion: Occasion,
    customer: Customer | None,
    address: str,
    language: str,
    *,
    channel: OutgoingChannel,
    by: UUID | None,
) -> Outgoing:
    wording, letter = letter_of(occasion.code, language, occasion.values, is_automatic=by is None)
    payload = letter.payload()
    if channel is OutgoingChannel.SMS:
        parts = segments(letter.text)
        if parts.n > MOST_SEGMENTS:
            raise SmsTooLong(parts.n)
        payload = {"text": letter.text, "segments": parts.n}
    draft = Draft(
        channel=channel,
        kind=occasion.code,
        purpose=wording.purpose,
        key=occasion.key,
        payload=payload,
        address=address,
        customer=customer,
        priority=occasion.priority,
        not_before=occasion.not_before,
        expires_at=occasion.expires_at or (occasion.not_before or timezone.now()) + STALE_AFTER,
    )
    return queue(draft, by=by)


def _address_of(customer: Customer, channel: OutgoingChannel) -> str:
    """The one that was told last, of all their records."""
    kind = _KNOWN_BY[channel]
    known = Identity.objects.filter(hanging_on(customer), kind=kind).order_by("-pk").first()
    if known is None:
        raise NoAddress(channel)
    return known.value
