"""Mails that say no more: with the token of an unsubscribe link, or with the bare word."""

import re

from regulars.messages.inbound.reading import Mail

_TOKEN = re.compile(r"\bunsubscribe[:\s]+(\S{10,300})")
_WORDS = frozenset(
    {
        "unsubscribe",
        "stop",
        "avregistrera",
        "avsluta prenumeration",
        "avprenumerera",
        "退订",
        "取消订阅",
    }
)


def token_of(mail: Mail) -> str | None:
    """The token in the subject, as List-Unsubscribe by mail puts it there."""
    found = _TOKEN.search(mail.subject)
    return found[1] if found else None


def says_stop(mail: Mail) -> bool:
    """Whether the subject, or all that is written, is one of these words."""
    said = {mail.bare_subject.casefold(), mail.text.casefold().strip(" .!。！")}
    return not said.isdisjoint(_WORDS)
