"""Mail comes in and is kept as it came, in a transaction of its own, before it is looked at."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from django.db import transaction
from django.utils import timezone

from regulars.kit import env
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.messages.inbound.bounds import BROKEN, LARGEST
from regulars.messages.inbound.reading import fingerprint
from regulars.messages.models import InboundContent, InboundMail, Mailbox
from regulars.messages.models.inbound import InboundState

_SECRET_WANTED = "40 random letters or more, the same as in the provider's settings"


class NotLetIn(Refusal):
    """Who posts mail does not know the secret, or the house has none."""

    def __init__(self) -> None:
        super().__init__(
            "inbound_secret_wrong",
            N_("Mail is taken from those alone who know the secret."),
            N_("Compare it with REGULARS_INBOUND_SECRET of the house."),
        )


class MailTooLarge(Refusal):
    """A mail is larger than what the house keeps."""

    def __init__(self) -> None:
        super().__init__(
            "mail_too_large",
            N_("The mail is larger than {megabytes} MB."),
            N_("Let the provider store it and send a link, or fetch the box over IMAP."),
            megabytes=LARGEST // 2**20,
        )


class NotAMail(Refusal):
    """Nothing came, or nothing that can be kept as a mail."""

    def __init__(self) -> None:
        super().__init__(
            "not_a_mail",
            N_("There is no mail in what was posted."),
            N_("Post the mail as it came, headers and all (RFC 5322)."),
        )


@dataclass(frozen=True)
class Place:
    """Where in a box a mail lies."""

    mailbox: Mailbox
    uid_validity: int
    uid: int


def check_secret(given: str) -> None:
    """Refuse whoever does not know the secret; without one in the settings, everybody."""
    secret = env.secret("REGULARS_INBOUND_SECRET", wanted=_SECRET_WANTED, default="")
    if not secret or not hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace")):
        raise NotLetIn


def receive_posted(raw: bytes, *, secret: str) -> InboundMail:
    """Keep a mail that a provider posts as it came; the same again is the one that is there.

    A door reads no more than `LARGEST` and one byte of the body before it calls this.
    """
    check_secret(secret)
    if len(raw) > LARGEST:
        raise MailTooLarge
    if not raw.strip():
        raise NotAMail
    return receive(raw)


def receive_parsed(mail: EmailMessage) -> InboundMail:
    """Keep a mail that a library has taken apart, such as anymail's of a provider's webhook."""
    try:
        raw = mail.as_bytes()
    except BROKEN:
        raise NotAMail from None
    if len(raw) > LARGEST:
        raise MailTooLarge
    return receive(raw)


@transaction.atomic
def receive(
    raw: bytes, *, place: Place | None = None, at: datetime | None = None, aside: str = ""
) -> InboundMail:
    """Keep a mail as it came; the same mail, from another box or once more, is kept once.

    With `aside` nobody looks into it: of one that is too large `raw` is its head alone.
    """
    mail, is_new = InboundMail.objects.get_or_create(
        fingerprint=fingerprint(raw),
        defaults={
            "size_bytes": len(raw),
            "received_at": min(at or timezone.now(), timezone.now()),
            "mailbox": place.mailbox if place else None,
            "uid_validity": place.uid_validity if place else None,
            "uid": place.uid if place else None,
            "state": InboundState.ASIDE if aside else InboundState.RECEIVED,
            "reason": aside,
        },
    )
    if is_new:
        InboundContent.objects.create(mail=mail, raw=raw)
    return mail
