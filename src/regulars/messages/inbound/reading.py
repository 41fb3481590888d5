"""A mail read: who wrote, what it is, what it answers, and what it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses
from hashlib import sha256

from regulars.messages.inbound.bounds import BROKEN, head_of, header, parsed
from regulars.messages.inbound.returned import Bounce, Complaint, bounces_of, complaint_of
from regulars.messages.inbound.words import Attachment, attachments_of, words_of
from regulars.messages.models.inbound import InboundKind

_MOST_REFERENCES = 50
_MOST_RECIPIENTS = 100
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,298}>")
_NOBODY = re.compile(
    r"^(?:mailer-daemon|postmaster|(?:no|do-?not|donot|ne|inte)[-_.]?(?:reply|svara)|noreply.*"
    r"|bounces?(?:[-+].*)?)@",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^(?:(?:re|sv|aw|antw|fwd?|vb|wg|回复|答复|转发)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE
)


@dataclass(frozen=True)
class Mail:
    """One mail as far as the house needs it; every text is bounded and can be stored."""

    kind: InboundKind
    message_id: str
    sender: str
    sender_name: str
    recipients: Sequence[str]
    subject: str
    references: Sequence[str]  # what it answers, the nearest first
    text: str
    attachments: Sequence[Attachment]
    may_be_answered: bool  # by a machine: nothing in it tells of another machine
    bounces: Sequence[Bounce] = ()
    complaint: Complaint | None = None

    @property
    def bare_subject(self) -> str:
        """Without what mail programs put before it."""
        return bare(self.subject)

    @property
    def is_answer(self) -> bool:
        """Whether its subject says that it answers another."""
        return self.bare_subject != self.subject


def bare(subject: str) -> str:
    """A subject without Re:, SV:, 回复： and the like."""
    return _ANSWER.sub("", subject).strip()


def read(raw: bytes) -> Mail:
    """Read a mail; raises `PutAside` where it has to be looked at by a person."""
    mail = parsed(raw)
    sender, name = _sender(mail)
    bounces = bounces_of(mail)
    complaint = complaint_of(mail)
    return Mail(
        kind=_kind(mail, sender, bounces, complaint),
        message_id=_first_id(header(mail, "Message-ID")),
        sender=sender,
        sender_name=name,
        recipients=_recipients(mail),
        subject=" ".join(header(mail, "Subject").split())[:400],
        references=_references(mail),
        text=words_of(mail),
        attachments=attachments_of(mail),
        may_be_answered=_may_be_answered(mail, sender),
        bounces=bounces,
        complaint=complaint,
    )


def fingerprint(raw: bytes) -> str:
    """What makes a mail this one: its id, sender, date and body, not the way it came."""
    head = head_of(raw)
    kept = re.findall(
        rb"^(?:message-id|from|date|subject):[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", head[:65_536],
        re.IGNORECASE | re.MULTILINE,
    )  # fmt: skip
    told = sorted(b" ".join(line.split()).lower() for line in kept)
    body = raw[len(head) :].replace(b"\r\n", b"\n").strip()
    return sha256(b"\n".join(told) + b"\n\n" + body).hexdigest()


def _kind(
    mail: EmailMessage, sender: str, bounces: Sequence[Bounce], complaint: Complaint | None
) -> InboundKind:
    if complaint is not None or _report_type(mail) == "feedback-report":
        return InboundKind.COMPLAINT
    if bounces or _report_type(mail) == "delivery-status":
        return InboundKind.BOUNCE
    submitted = header(mail, "Auto-Submitted").lower().partition(";")[0].strip()
    precedence = header(mail, "Precedence").lower()
    if (
        submitted == "auto-replied"
        or precedence == "auto_reply"
        or _has(mail, "X-Autoreply", "X-Autorespond")
    ):
        return InboundKind.AUTO_REPLY
    is_bulk = precedence in {"bulk", "junk"} or submitted not in {"", "no"}
    is_newsletter = _has(mail, "List-Unsubscribe") and not header(mail, "List-Post").startswith("<")
    if is_bulk or is_newsletter or _NOBODY.match(sender) or not sender:
        return InboundKind.BULK
    return InboundKind.PERSON


def _report_type(mail: EmailMessage) -> str:
    try:
        return str(mail.get_param("report-type", "")).lower()
    except BROKEN:
        return ""


def _may_be_answered(mail: EmailMessage, sender: str) -> bool:
    """Whether a machine may answer: no list, no other machine, nobody who cannot be written to."""
    if not sender or _NOBODY.match(sender) or header(mail, "Return-Path") == "<>":
        return False
    if header(mail, "Auto-Submitted").lower().partition(";")[0].strip() not in {"", "no"}:
        return False
    if header(mail, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}:
        return False
    suppressed = header(mail, "X-Auto-Response-Suppress").lower()
    if any(word in suppressed for word in ("all", "autoreply", "oof")):
        return False
    names = {name.lower() for name in set(mail)}
    return not any(
        name.startswith("list-")
        or (name.startswith("x-auto") and not name.startswith("x-auto-response"))
        for name in names
    )


def _has(mail: EmailMessage, *names: str) -> bool:
    return any(name in mail for name in names)


def _sender(mail: EmailMessage) -> tuple[str, str]:
    """The address in small letters and the name; ("", "") where there is no one address."""
    for name, address in getaddresses([header(mail, "From")]):
        if re.fullmatch(r"[^\s@<>\"(),:;]{1,64}@[^\s@<>\"(),:;]{1,189}", address):
            return address.lower(), " ".join(name.split())[:200]
    return "", ""


def _recipients(mail: EmailMessage) -> Sequence[str]:
    told = (header(mail, name) for name in ("Delivered-To", "X-Original-To", "To", "Cc"))
    found = (address for value in told for _, address in getaddresses([value]))
    return [address.lower() for address in found if "@" in address][:_MOST_RECIPIENTS]


def _references(mail: EmailMessage) -> Sequence[str]:
    answered = _MESSAGE_ID.findall(header(mail, "In-Reply-To"))
    before = _MESSAGE_ID.findall(header(mail, "References"))
    return list(dict.fromkeys([*answered, *reversed(before)]))[:_MOST_REFERENCES]


def _first_id(told: str) -> str:
    found = _MESSAGE_ID.search(told)
    return found[0] if found else told.split(" ", maxsplit=1)[0][:300]
