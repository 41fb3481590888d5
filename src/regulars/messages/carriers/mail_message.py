"""A message as a mail: headers by the standards, a plain text, and the same as a page."""

import email.message
import email.policy
import re
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from regulars.book.models.consent import MessagePurpose
from regulars.kit.texts import N_, say
from regulars.messages.carriers.carrier import Dispatch, Permanent
from regulars.messages.letter import Letter
from regulars.messages.reach import MailWay, domain_of
from regulars.messages.unsubscribing import unsubscribe_link

_SENT_BECAUSE = N_("You get this because you agreed to it. Unsubscribe: {link}")


class _Policy(email.policy.EmailPolicy):
    """Leaves the link of List-Unsubscribe whole: folded, it would be encoded, and not be found."""

    def fold(self, name: str, value: str) -> str:
        return self._whole(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self._whole(name, value).encode("ascii") or super().fold_binary(name, value)

    def _whole(self, name: str, value: str) -> str:
        is_link = name.lower() == "list-unsubscribe"
        return f"{name}: {value}{self.linesep}" if is_link else ""


# Seven bits, so that no relay has to write a signed mail anew.
POLICY = _Policy(linesep="\r\n", cte_type="7bit")


class _Mail(EmailMultiAlternatives):
    def message(self, *, policy: Any = POLICY) -> email.message.EmailMessage:  # noqa: ARG002
        return super().message(policy=POLICY)


def message_id(key: str, domain: str) -> str:
    """The same for the same message, so that whoever gets it twice can tell."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def mail_of(dispatch: Dispatch, way: MailWay) -> EmailMultiAlternatives:
    """The mail; the same at every try."""
    letter = Letter(**dispatch.payload)
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", dispatch.address):
        raise Permanent("bad_address", dispatch.address)
    if re.search(r"[\r\n]", letter.subject):
        raise Permanent("line_break_in_a_header")
    headers = {
        "Message-ID": message_id(dispatch.key, domain_of("REGULARS_MAIL_FROM", way.sender)),
        "Date": format_datetime(dispatch.admitted_at),
    }
    if letter.is_automatic:
        headers["Auto-Submitted"] = "auto-generated"
    link = ""
    if dispatch.customer_id is not None and dispatch.purpose != MessagePurpose.SERVICE:
        link = unsubscribe_link(dispatch.customer_id, dispatch.purpose)
        headers["List-Unsubscribe"] = f"<{link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    footer = say(_SENT_BECAUSE, letter.language, link=link) if link else ""
    text = f"{letter.text}\n\n-- \n{footer}\n" if footer else f"{letter.text}\n"
    made = _Mail(
        subject=letter.subject,
        body=text,
        from_email=way.sender,
        to=[dispatch.address],
        reply_to=[way.reply_to] if way.reply_to else None,
        headers=headers,
    )
    made.attach_alternative(_page(letter, footer), "text/html")
    return made


def _page(letter: Letter, footer: str) -> str:
    paragraphs = [part for part in letter.text.split("\n\n") if part.strip()]
    told = {"letter": letter, "paragraphs": paragraphs, "footer": footer}
    return render_to_string("message/mail.html", told)
