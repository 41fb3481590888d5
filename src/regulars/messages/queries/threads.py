"""To which conversation a mail belongs, and of which message of ours it speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from regulars.book.models import Customer
from regulars.book.queries.wholes import hanging_on
from regulars.messages.carriers.mail_message import message_id
from regulars.messages.inbound.reading import Mail, bare
from regulars.messages.inbound.tokens import answered_message
from regulars.messages.models import InboundMail, Outgoing
from regulars.messages.models.inbound import InboundKind
from regulars.messages.models.outgoing import OutgoingChannel

# A message of ours is recognised for so long, and the subject of a conversation for so long.
OURS_FOR = timedelta(days=400)
_SAME_SUBJECT_FOR = timedelta(days=14)
_SHORTEST_SUBJECT = 8  # "Hello" and "Order" join nothing
_MOST = 500


@dataclass(frozen=True)
class Thread:
    """The conversation that a mail goes on with; without `id` it begins one."""

    id: UUID | None
    outgoing_id: UUID | None = None


def thread_of(mail: Mail, customer: Customer, *, at: datetime) -> Thread:
    """By our own token, by what it says it answers, else with caution by sender and subject."""
    token = answered_message(mail.recipients)
    ours = Outgoing.objects.filter(pk=token).first() if token else None
    ours = ours or our_message(mail.references, customer, at=at)
    if ours is not None:
        answered = InboundMail.objects.filter(outgoing_id=ours.pk, thread_id__isnull=False)
        earlier = answered.order_by("received_at").values_list("thread_id", flat=True).first()
        return Thread(earlier or ours.pk, ours.pk)
    known = InboundMail.objects.filter(
        content__message_id__in=[each for each in mail.references if each],
        thread_id__isnull=False,
        kind=InboundKind.PERSON,
    )
    theirs = known.filter(hanging_on(customer)) if known.count() > 1 else known
    if found := theirs.order_by("-received_at").first():
        return Thread(found.thread_id)
    return Thread(_by_subject(mail, customer, at))


def our_message(message_ids: Sequence[str], customer: Customer, *, at: datetime) -> Outgoing | None:
    """The mail of ours to this customer that has one of these ids."""
    if not message_ids:
        return None
    sent = Outgoing.objects.filter(
        hanging_on(customer), channel=OutgoingChannel.EMAIL, queued_at__gt=at - OURS_FOR
    ).order_by("-queued_at")[:_MOST]
    # The provider may have given the mail another id than we did.
    ids = {each.strip("<>") for each in message_ids}
    domains = {each.partition("@")[2] for each in ids}
    for message in sent:
        named = {message_id(message.key, domain) for domain in domains} | {message.provider_id}
        if ids & {each.strip("<>") for each in named if each}:
            return message
    return None


def _by_subject(mail: Mail, customer: Customer, at: datetime) -> UUID | None:
    """The one conversation of this sender with this subject; None where there are several."""
    if not mail.is_answer or len(mail.bare_subject) < _SHORTEST_SUBJECT:
        return None
    recent = InboundMail.objects.filter(
        hanging_on(customer),
        content__sender=mail.sender,
        thread_id__isnull=False,
        received_at__gt=at - _SAME_SUBJECT_FOR,
    )
    wanted = mail.bare_subject.casefold()
    found = {
        thread_id
        for thread_id, subject in recent.values_list("thread_id", "content__subject")
        if bare(subject).casefold() == wanted
    }
    return found.pop() if len(found) == 1 else None
