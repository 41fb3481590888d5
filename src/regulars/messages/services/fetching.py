"""Mail fetched over IMAP (RFC 9051): nothing is deleted, and marked as seen once it is kept.

How far a box was read is kept with the mail, in one transaction: whoever is killed in between has
either both or neither, and what is fetched twice is kept once.
"""

import contextlib
import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils import timezone

from regulars.kit import env
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.messages.inbound.bounds import LARGEST
from regulars.messages.models import InboundMail, Mailbox
from regulars.messages.services.receiving import Place, receive

_WANTED = (
    "an address such as imaps://user:password@mail.example/INBOX (imap:// for STARTTLS, imap+plain://"
    " without encryption)"
)
_TIME_LIMIT = 30  # seconds that one step of the conversation may take
_PORTS = {"imaps": 993, "imap": 143, "imap+plain": 143}
_MARKED_AT_ONCE = 100
# After a box was made anew its numbers mean nothing: so far back is looked, and nothing kept twice.
_LOOKED_BACK = timedelta(days=30)


class BoxUnreachable(Refusal):
    """The mail server does not answer, or does not let us in."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(
            "mailbox_unreachable",
            N_("The mail box {name} cannot be read: {said}"),
            N_("Look whether REGULARS_IMAP names the right server, user and folder."),
            name=name,
            said=said,
        )


@dataclass(frozen=True)
class Box:
    """One folder of a mail server."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"

    @property
    def name(self) -> str:
        """What it is known by here, without its password."""
        return f"{self.user}@{self.host}/{self.folder}"[:300]


def box_in_settings() -> Box | None:
    """What `REGULARS_IMAP` says; None where it is not set."""
    told = env.secret("REGULARS_IMAP", wanted=_WANTED, default="")
    if not told:
        return None
    parts = urlsplit(told)
    shown = told.rpartition("@")[2]
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise env.BadSetting("REGULARS_IMAP", _WANTED, shown) from None
    if parts.scheme not in _PORTS or not parts.hostname or not parts.username:
        raise env.BadSetting("REGULARS_IMAP", _WANTED, shown)
    return Box(
        parts.scheme,
        parts.hostname,
        port,
        unquote(parts.username),
        unquote(parts.password or ""),
        unquote(parts.path.strip("/")) or "INBOX",
    )


def fetch(box: Box, *, at_most: int = 500) -> int:
    """Keep what is new in a box, the oldest first; gives how many mails were looked at."""
    try:
        with _opened(box) as server:
            return _Reading(server, box).run(at_most)
    except (imaplib.IMAP4.error, OSError) as error:
        raise BoxUnreachable(box.name, str(error)) from error


@contextlib.contextmanager
def _opened(box: Box) -> Iterator[imaplib.IMAP4]:
    context = ssl.create_default_context()
    server: imaplib.IMAP4
    if box.scheme == "imaps":
        server = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=_TIME_LIMIT)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=_TIME_LIMIT)
    try:
        if box.scheme == "imap":
            server.starttls(context)
        server.login(box.user, box.password)
        yield server
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            server.logout()
        with contextlib.suppress(OSError):
            server.shutdown()


class _Reading:
    """One reading of a box."""

    def __init__(self, server: imaplib.IMAP4, box: Box) -> None:
        self._server, self._box = server, box
        _checked(server.select(_quoted(box.folder)))
        self._validity = int(_only(server.response("UIDVALIDITY")[1]))
        self._seen: list[int] = []

    def run(self, at_most: int) -> int:
        place = self._place()
        is_first = place.read_at is None
        found = self._search(place, is_first=is_first)
        for uid in found[:at_most]:
            self._keep(uid)
        self._mark()
        if len(found) <= at_most:
            Mailbox.objects.filter(pk=place.pk).update(read_at=timezone.now())
        return min(len(found), at_most)

    @transaction.atomic
    def _place(self) -> Mailbox:
        Mailbox.objects.get_or_create(name=self._box.name)
        place = Mailbox.objects.select_for_update().get(name=self._box.name)
        if place.uid_validity != self._validity:
            place.uid_validity, place.last_uid = self._validity, 0
            place.save(update_fields=["uid_validity", "last_uid"])
        return place

    def _search(self, place: Mailbox, *, is_first: bool) -> list[int]:
        """Numbers not looked at yet: at first what nobody has read, else what is new."""
        asked = [f"UID {place.last_uid + 1}:*"]
        if is_first:
            asked.append("UNSEEN")
        elif place.last_uid == 0:
            asked.append(f"SINCE {_imap_day(timezone.now() - _LOOKED_BACK)}")
        told = _checked(self._server.uid("SEARCH", *asked))
        numbers = [int(each) for each in (told[0] or b"").split()]
        # `9:*` names the last mail too where all have smaller numbers.
        return sorted(uid for uid in numbers if uid > place.last_uid)

    def _keep(self, uid: int) -> None:
        size, at = self._about(uid)
        is_large = size > LARGEST
        raw = self._raw(uid, "BODY.PEEK[HEADER]" if is_large else "BODY.PEEK[]") if size else b""
        with transaction.atomic():
            place = Mailbox.objects.select_for_update().get(name=self._box.name)
            if place.uid_validity != self._validity or place.last_uid >= uid:
                return
            if raw:
                where = Place(place, self._validity, uid)
                receive(raw, place=where, at=at, aside="too_large" if is_large else "")
            place.last_uid = uid
            place.save(update_fields=["last_uid"])
        self._seen.append(uid)

    def _about(self, uid: int) -> tuple[int, datetime | None]:
        """Size and when it came into the box; 0 where it is gone."""
        told = _checked(self._server.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)"))
        line = b" ".join(each for each in told if isinstance(each, bytes))
        size = re.search(rb"RFC822\.SIZE (\d+)", line)
        moment = imaplib.Internaldate2tuple(line)
        at = datetime.fromtimestamp(time.mktime(moment), UTC) if moment else None
        return int(size[1]) if size else 0, at

    def _raw(self, uid: int, part: str) -> bytes:
        told = _checked(self._server.uid("FETCH", str(uid), f"({part})"))
        return bytes(next((each[1] for each in told if isinstance(each, tuple)), b""))

    def _mark(self) -> None:
        """Mark as seen what is kept, now or by a reading that was killed before it did."""
        left = InboundMail.objects.filter(
            mailbox=self._box.name, uid_validity=self._validity, marked_at=None
        )
        uids = sorted({*self._seen, *filter(None, left.values_list("uid", flat=True))})
        for some in batched(uids, _MARKED_AT_ONCE):
            numbers = ",".join(map(str, some))
            _checked(self._server.uid("STORE", numbers, "+FLAGS.SILENT", r"(\Seen)"))
            left.filter(uid__in=some).update(marked_at=timezone.now())


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    status, told = answer
    if status != "OK":
        raise imaplib.IMAP4.error(str(told[:1]))
    return told


def _only(told: list[Any]) -> bytes:
    return bytes(next((each for each in told if each), b"0"))


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _imap_day(at: datetime) -> str:
    """As IMAP writes it, in English whatever the machine speaks: 1-Jan-2026."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{at.day}-{months[at.month - 1]}-{at.year}"
