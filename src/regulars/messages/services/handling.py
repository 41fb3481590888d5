"""What came in is brought to whom it concerns: the customer, their conversation, their consents.

Whatever happens meanwhile the mail is there: it is tried again, and after some tries lies aside
with a reason for a person to look at.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from django.db import transaction
from django.db.models import F

from regulars.book.known import Known
from regulars.book.models import Customer
from regulars.book.models.consent import ConsentHow, MessageChannel
from regulars.book.models.contact import ContactKind
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.customers import customer_known_by
from regulars.book.services.consents import ASKED_FOR, Act, Scope, withdraw_consent
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.customers import IdentityTaken, take_down_customer
from regulars.book.services.joining import hold_whole
from regulars.book.services.notes import write_note
from regulars.kit.errors import Refusal
from regulars.kit.ids import new_id
from regulars.messages.inbound.bounds import PutAside
from regulars.messages.inbound.reading import Mail, read
from regulars.messages.inbound.returned import Bounce, Complaint
from regulars.messages.inbound.stopping import says_stop, token_of
from regulars.messages.models import InboundContent, InboundMail, Outgoing
from regulars.messages.models.inbound import InboundKind, InboundState
from regulars.messages.queries.threads import our_message, thread_of
from regulars.messages.reach import mail_way
from regulars.messages.services.closing import (
    Returned,
    take_complaint,
    take_hard_bounce,
    take_soft_bounce,
)
from regulars.messages.unsubscribing import who_unsubscribes

SOURCE = "mail"
_TRIES = 3
_ANSWER_AGAIN_AFTER = timedelta(days=1)
_log = logging.getLogger(__name__)


def handle_received(*, at_most: int = 200) -> int:
    """Handle what waits, the oldest first; gives how many mails are done or lie aside."""
    waiting = InboundMail.objects.filter(state=InboundState.RECEIVED).order_by("received_at", "pk")
    n_handled = 0
    for mail_id in list(waiting.values_list("pk", flat=True)[:at_most]):
        try:
            n_handled += handle(mail_id)
        except Exception:  # noqa: BLE001 - one bad mail holds up no other
            _log.exception("the mail %s could not be handled; it is tried again", mail_id)
    return n_handled


def handle(mail_id: UUID) -> bool:
    """Handle one mail, once; gives whether that was done here.

    That it is tried is noted before: a mail on which the worker died three times lies aside.
    """
    waiting = InboundMail.objects.filter(pk=mail_id, state=InboundState.RECEIVED)
    if not waiting.update(n_tries=F("n_tries") + 1):
        return False
    if waiting.filter(n_tries__gt=_TRIES).update(state=InboundState.ASIDE, reason="tries_used_up"):
        return True
    try:
        return _handle(mail_id)
    except PutAside as aside:
        reason = aside.reason
    except Refusal as refusal:
        reason = refusal.code
    return bool(waiting.update(state=InboundState.ASIDE, reason=reason))


@transaction.atomic
def take_up(mail: InboundMail) -> InboundMail:
    """Let a mail that lies aside be handled once more."""
    InboundMail.objects.filter(pk=mail.pk, state=InboundState.ASIDE).update(
        state=InboundState.RECEIVED, reason="", n_tries=0
    )
    mail.refresh_from_db()
    return mail


@transaction.atomic
def may_answer(mail: InboundMail, *, at: datetime) -> bool:
    """Whether a machine may answer this mail, and note that it does: at most once a day a sender.

    Two machines that answer each other stop after the first answer.
    """
    if not mail.is_answerable or mail.customer is None:
        return False
    hold_whole(mail.customer)
    sender = InboundContent.objects.filter(pk=mail.pk).values_list("sender", flat=True).first()
    since = at - _ANSWER_AGAIN_AFTER
    answered = InboundMail.objects.filter(content__sender=sender, answered_at__gt=since)
    if not sender or answered.exists():
        return False
    return bool(InboundMail.objects.filter(pk=mail.pk, answered_at=None).update(answered_at=at))


@transaction.atomic
def _handle(mail_id: UUID) -> bool:
    held = InboundMail.objects.select_for_update(of=("self",), skip_locked=True)
    row = held.filter(pk=mail_id, state=InboundState.RECEIVED).first()
    if row is None:
        return False
    content = InboundContent.objects.get(pk=mail_id)
    mail = read(bytes(content.raw))
    _keep(content, mail)
    if mail.sender in _our_own():
        raise PutAside("from_ourselves")
    row.state, row.kind, row.is_answerable = InboundState.DONE, mail.kind, mail.may_be_answered
    row.customer = _customer(mail)
    match mail.kind:
        case InboundKind.BOUNCE:
            row.reason = _take_bounces(row, mail.bounces)
        case InboundKind.COMPLAINT:
            row.reason = _take_complaint(row, mail.complaint)
        case InboundKind.PERSON | InboundKind.BULK:
            _take_word(row, mail)
    row.save()
    return True


def _keep(content: InboundContent, mail: Mail) -> None:
    content.sender, content.sender_name = mail.sender, mail.sender_name
    content.subject, content.message_id = mail.subject, mail.message_id
    content.attachments = [asdict(each) for each in mail.attachments]
    content.save(update_fields=["sender", "sender_name", "subject", "message_id", "attachments"])


def _our_own() -> set[str]:
    way = mail_way()
    told = [way.sender, way.reply_to] if way else []
    return {parseaddr(each)[1].lower() for each in told} - {""}


def _take_word(row: InboundMail, mail: Mail) -> None:
    """A mail of a person, or of a program: either may say no more."""
    if _unsubscribe(row, mail):
        row.kind, row.is_answerable = InboundKind.UNSUBSCRIBE, False
    elif mail.kind is InboundKind.PERSON:
        _take_contact(row, mail)


def _take_contact(row: InboundMail, mail: Mail) -> None:
    """Somebody wrote: into their history, and into the conversation it goes on with."""
    customer = row.customer or _new_customer(row, mail)
    thread = thread_of(mail, customer, at=row.received_at)
    row.customer = customer
    row.thread_id, row.outgoing_id = thread.id or new_id(), thread.outgoing_id
    row.contact = note_contact(
        customer,
        Met(kind=ContactKind.EMAIL, started_at=row.received_at, channel="email"),
        source=SOURCE,
        source_key=f"mail:{row.pk}",
        by=None,
    )
    said = "\n\n".join(filter(None, ["" if mail.is_answer else mail.subject, mail.text]))
    if said.strip():
        write_note(row.contact, text=said, by=None)


def _customer(mail: Mail) -> Customer | None:
    return customer_known_by(Known(IdentityKind.EMAIL, mail.sender)) if mail.sender else None


def _new_customer(row: InboundMail, mail: Mail) -> Customer:
    known = Known(IdentityKind.EMAIL, mail.sender)
    try:
        return take_down_customer(
            name=mail.sender_name,
            known_by=[known],
            source=SOURCE,
            source_key=f"mail:{row.pk}:customer",
            by=None,
        )
    except IdentityTaken:
        # Another mail of the same sender was handled a moment before.
        if (found := customer_known_by(known)) is not None:
            return found
        raise


def _unsubscribe(row: InboundMail, mail: Mail) -> bool:
    """By a token of ours for its purpose, by the bare word for every one; nothing else counts."""
    token = token_of(mail)
    who = who_unsubscribes(token) if token else None
    if who is not None:
        customer_id, purpose = who
        customer = Customer.objects.filter(pk=customer_id).first()
        scope = Scope((MessageChannel.EMAIL,), (purpose,))
    elif mail.kind is InboundKind.PERSON and says_stop(mail):
        customer, scope = row.customer, Scope((MessageChannel.EMAIL,), ASKED_FOR)
    else:
        return False
    if customer is None:
        return False
    row.customer = customer
    withdraw_consent(
        customer,
        scope,
        Act(ConsentHow.LINK if who else ConsentHow.REPLY),
        at=row.received_at,
        source=SOURCE,
        source_key=f"mail:{row.pk}:unsubscribed",
        by=None,
    )
    return True


def _take_bounces(row: InboundMail, bounces: Sequence[Bounce]) -> str:
    """Close what bounced, if it is a mail of ours that did: others prove nothing."""
    n_ours = 0
    for bounce in bounces:
        returned = _returned(row, bounce.address, bounce.of_message_id, bounce.status)
        if returned is not None:
            n_ours += 1
            (take_hard_bounce if bounce.is_hard else take_soft_bounce)(returned)
    return "" if n_ours else "not_of_ours"


def _take_complaint(row: InboundMail, complaint: Complaint | None) -> str:
    if complaint is None:
        return "no_abuse"
    returned = _returned(row, complaint.address, complaint.of_message_id)
    if returned is None:
        return "not_of_ours"
    take_complaint(returned)
    return ""


def _returned(row: InboundMail, address: str, message_id: str, status: str = "") -> Returned | None:
    """What came back, if it was a message of ours to this very address."""
    customer = customer_known_by(Known(IdentityKind.EMAIL, address))
    if customer is None:
        return None
    message = our_message([message_id], customer, at=row.received_at)
    if message is None or not _went_to(message, address):
        return None
    row.customer, row.outgoing_id = customer, message.pk
    return Returned(
        MessageChannel.EMAIL, address, customer, message.pk, at=row.received_at, status=status
    )


def _went_to(message: Outgoing, address: str) -> bool:
    return Outgoing.objects.filter(pk=message.pk, content__address__iexact=address).exists()
