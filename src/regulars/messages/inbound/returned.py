"""Bounces (RFC 3464) and complaints (RFC 5965): what a machine tells of a mail of ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

from regulars.messages.inbound.bounds import BROKEN, PutAside, header, parsed

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_MOST_RECIPIENTS = 50
# Full, too large, or refused for what it says or who sends it: the address itself is alive.
_NOT_THE_ADDRESS = frozenset({(2, 2), (2, 3), (3, 4)})
_POLICY, _CONTENT = 7, 6


@dataclass(frozen=True)
class Bounce:
    """That a mail did not reach an address."""

    address: str
    status: str  # "5.1.1"
    is_hard: bool
    of_message_id: str


@dataclass(frozen=True)
class Complaint:
    """That a reader called a mail of ours spam."""

    address: str
    of_message_id: str


def bounces_of(mail: EmailMessage) -> list[Bounce]:
    """What a report of delivery says, of each recipient that was not reached."""
    report = _report(mail, "message/delivery-status")
    if report is None:
        return []
    of_message_id = _message_id_of_original(mail)
    found = []
    for fields in _blocks(report):
        address = _address(fields.get("final-recipient") or fields.get("original-recipient", ""))
        action = fields.get("action", "").lower()
        if address and action in {"failed", "delayed"}:
            status = _status(fields)
            is_hard = action == "failed" and _is_hard(status)
            found.append(Bounce(address, status, is_hard, of_message_id))
    return found[:_MOST_RECIPIENTS]


def complaint_of(mail: EmailMessage) -> Complaint | None:
    """What a report of abuse says; None for one that takes a complaint back, or is none."""
    report = _report(mail, "message/feedback-report")
    if report is None:
        return None
    fields: dict[str, str] = {}
    for block in _blocks(report):
        fields |= block
    if fields.get("feedback-type", "").lower() not in {"abuse", "fraud", "other"}:
        return None
    told = fields.get("original-rcpt-to") or _original_header(mail, "To")
    return Complaint(_address(told), _message_id_of_original(mail))


def _is_hard(status: str) -> bool:
    found = _STATUS.search(status)
    if found is None:
        return False
    kind, subject, detail = (int(each) for each in found.groups())
    if subject in {_POLICY, _CONTENT} or (subject, detail) in _NOT_THE_ADDRESS:
        return False
    return kind == 5


def _status(fields: dict[str, str]) -> str:
    """By the enhanced code where there is one, else by the one of SMTP."""
    told = fields.get("status", "") + " " + fields.get("diagnostic-code", "")
    if found := _STATUS.search(told):
        return found[0]
    found = re.search(r"\b([45])\d\d\b", told)
    return f"{found[1]}.0.0" if found else ""


def _report(mail: EmailMessage, wanted: str) -> EmailMessage | None:
    return next((part for part in _parts(mail) if part.get_content_type() == wanted), None)


def _parts(mail: EmailMessage) -> Iterator[EmailMessage]:
    held = mail.get_payload()
    if isinstance(held, list):
        yield from (part for part in held if isinstance(part, EmailMessage))


def _blocks(report: EmailMessage) -> Iterator[dict[str, str]]:
    """The groups of fields of a report; Python reads each as a mail of its own."""
    held = report.get_payload()
    for block in held if isinstance(held, list) else [report]:
        if isinstance(block, EmailMessage):
            yield {name.lower(): header(block, name, 500) for name in set(block)}
            yield from _fields_of_text(block)


def _fields_of_text(block: EmailMessage) -> Iterator[dict[str, str]]:
    text = block.get_payload()
    if isinstance(text, str) and text.strip():
        pairs = (line.partition(":") for line in text[:20_000].splitlines())
        yield {name.strip().lower(): value.strip()[:500] for name, sign, value in pairs if sign}


def _address(told: str) -> str:
    """`rfc822; ana@example.org` or `<ana@example.org>` as an address."""
    found = re.search(r"[^\s<>;,\"]{1,64}@[^\s<>;,\"]{1,255}", told)
    return found[0].lower() if found else ""


def _message_id_of_original(mail: EmailMessage) -> str:
    return _original_header(mail, "Message-ID")


def _original_header(mail: EmailMessage, name: str) -> str:
    for part in _parts(mail):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], EmailMessage):
                return header(inner[0], name)
        if part.get_content_type() == "text/rfc822-headers":
            try:
                raw = part.get_payload(decode=True)
                return header(parsed(raw if isinstance(raw, bytes) else b""), name)
            except (PutAside, *BROKEN):
                return ""
    return ""
