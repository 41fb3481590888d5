"""How much of a mail is looked at: whoever wrote it may mean harm, or their program be broken."""

import email
import re
from email.headerregistry import BaseHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from itertools import islice
from typing import Any

LARGEST = 25 * 2**20  # bytes of a mail
LARGEST_HEAD = 512 * 2**10
_MOST_NESTED = 60  # parts that hold parts
_MOST_PARTS = 5_000
_MOST_LINES = 400_000
_LONGEST_VALUE = 4_000  # characters of one header
_NESTS = re.compile(rb"content-type:\s*(?:multipart|message)/", re.IGNORECASE)
# What reading mail that follows no standard has been seen to raise.
BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    email.errors.MessageError,
)


class PutAside(Exception):
    """A mail for a person to look at; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Bounded(EmailPolicy):
    """Reads the beginning of a header that is far too long: its cost grows with the square."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        if isinstance(value, BaseHeader):
            return value
        return super().header_fetch_parse(name, value[:_LONGEST_VALUE])


POLICY = _Bounded()


def parsed(raw: bytes) -> EmailMessage:
    """The mail as a tree; raises `PutAside` for what would cost too much or cannot be read."""
    if len(raw) > LARGEST:
        raise PutAside("too_large")
    if len(head_of(raw)) > LARGEST_HEAD:
        raise PutAside("head_too_large")
    n_nested = len(list(islice(_NESTS.finditer(raw), _MOST_NESTED + 1)))
    if n_nested > _MOST_NESTED or raw.count(b"\n--") > _MOST_PARTS:
        raise PutAside("too_many_parts")
    if raw.count(b"\n") > _MOST_LINES:
        raise PutAside("too_many_lines")
    try:
        made = email.message_from_bytes(raw, policy=POLICY)
    except BROKEN as error:
        raise PutAside("unreadable") from error
    if not isinstance(made, EmailMessage):
        raise PutAside("unreadable")
    return made


def head_of(raw: bytes) -> bytes:
    """The headers, without the empty line that ends them."""
    ends = [raw.find(gap) for gap in (b"\r\n\r\n", b"\n\n")]
    return raw[: min((end for end in ends if end >= 0), default=len(raw))]


def header(mail: EmailMessage, name: str, most: int = _LONGEST_VALUE) -> str:
    """The first header of this name as text, "" where there is none; never raises."""
    try:
        value = mail.get(name, "")
    except BROKEN:
        raw = next((value for key, value in mail.raw_items() if key.lower() == name.lower()), "")
        value = str(raw)
    return clean(str(value)[:most]).strip()


def clean(text: str) -> str:
    """A text as the database can hold it: without NUL and halves of characters."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
