"""What somebody wrote: the words of a mail without those they answer, and what is attached."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

from regulars.messages.inbound.bounds import BROKEN, clean
from regulars.messages.inbound.page import shown

LONGEST = 50_000  # characters of a text that are kept as a note; the mail itself is kept whole
_READ = frozenset({"text/plain", "text/html"})
_MOST_ATTACHMENTS = 200
_LONGEST_NAME = 200
# From such a line on it is the mail that is answered.
_ANSWERED = re.compile(
    r"^\s*(?:"
    r"-{2,}\s*(?:original message|ursprungligt meddelande|ursprüngliche nachricht|原始邮件|"
    r"转发邮件|forwarded message|vidarebefordrat meddelande)\s*-{2,}"
    r"|on\b.{4,200}\bwrote:"
    r"|(?:den|am)\b.{4,200}\b(?:skrev|schrieb)\b.{0,200}:"
    r"|.{4,200}(?:写道|寫道)\s*[:：]"
    r"|_{20,}"
    r")\s*$",
    re.IGNORECASE,
)
# The head of an answered mail as Outlook writes it: several of these, one a line.
_HEAD_LINE = re.compile(
    r"^\s*\*?(?:from|sent|to|subject|date|från|skickat|till|ämne|datum|发件人|发送时间|收件人|主题|日期)"
    r"\*?\s*[:：]\s*\S",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^-- ?$")


@dataclass(frozen=True)
class Attachment:
    """One file of a mail."""

    name: str
    type: str
    size_bytes: int


def words_of(mail: EmailMessage) -> str:
    """What was written, without what is quoted and without the signature; "" where nothing is."""
    whole = _text(mail)
    own = without_quotes(whole)
    return (own or whole)[:LONGEST].strip()


def attachments_of(mail: EmailMessage) -> list[Attachment]:
    """Name, type and size of each file, of so many at most."""
    found: list[Attachment] = []
    for part in _leaves(mail):
        name = _name(part)
        if name or part.get_content_type() not in _READ:
            size = len(_payload(part))
            found.append(Attachment(name[:_LONGEST_NAME], part.get_content_type(), size))
        if len(found) == _MOST_ATTACHMENTS:
            break
    return found


def without_quotes(text: str) -> str:
    """The lines somebody wrote themselves."""
    kept: list[str] = []
    lines = text.splitlines()
    for nth, line in enumerate(lines):
        # A long introduction is broken in two: "On Monday Ana Lind\n<ana@...> wrote:".
        pair = f"{line} {lines[nth + 1]}" if nth + 1 < len(lines) else line
        if _is_answered(line, pair) or _is_head(lines[nth : nth + 3]) or _SIGNATURE.match(line):
            break
        if not line.lstrip().startswith((">", "＞")):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_answered(line: str, pair: str) -> bool:
    return any(len(each) <= 500 and _ANSWERED.match(each) is not None for each in (line, pair))


def _is_head(lines: list[str]) -> bool:
    return len(lines) == 3 and all(_HEAD_LINE.match(line[:200]) for line in lines)


def _text(mail: EmailMessage) -> str:
    plain = html = ""
    for part in _leaves(mail):
        if _name(part) or part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/plain" and not plain:
            plain = _decoded(part)
        elif part.get_content_type() == "text/html" and not html:
            html = _decoded(part)
    return plain if plain.strip() else shown(html)


def _leaves(mail: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that hold no others; a mail within the mail is a file, and not looked into."""
    waiting: list[EmailMessage] = [mail]
    while waiting:
        part = waiting.pop()
        held = part.get_payload()
        if part.get_content_type() == "message/rfc822" or not isinstance(held, list):
            yield part
        else:
            waiting += [each for each in reversed(held) if isinstance(each, EmailMessage)]


def _name(part: EmailMessage) -> str:
    try:
        return clean(part.get_filename() or "")
    except BROKEN:
        return "?"


def _payload(part: EmailMessage) -> bytes:
    try:
        held = part.get_payload(decode=True)
        return held if isinstance(held, bytes) else part.as_bytes()
    except BROKEN:
        return b""


def _decoded(part: EmailMessage) -> str:
    raw = _payload(part)[: LONGEST * 8]
    told = (part.get_content_charset() or "utf-8").replace("gb2312", "gb18030")
    for charset in (told, "utf-8"):
        try:
            return clean(raw.decode(charset))
        except (LookupError, ValueError):
            continue
    return clean(raw.decode("utf-8", "replace"))
