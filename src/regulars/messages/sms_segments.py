"""How many parts an SMS is sent in: what it costs, and what phones put together again."""

from dataclasses import dataclass

# GSM 03.38: the basic alphabet, and what costs an escape before it.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Segments:
    """In which alphabet an SMS goes, and in how many parts."""

    alphabet: str
    n: int


def segments(text: str) -> Segments:
    """The parts of a text; a sign that takes two places is never cut in two.

    Source: 3GPP TS 23.038 and 23.040.
    """
    if set(text) <= _BASIC | _EXTENDED:
        sizes = [2 if sign in _EXTENDED else 1 for sign in text]
        return Segments("GSM-7", _parts(sizes, alone=160, joined=153))
    sizes = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
    return Segments("UCS-2", _parts(sizes, alone=70, joined=67))


def _parts(sizes: list[int], *, alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    n, left = 1, joined
    for size in sizes:
        if size > left:
            n, left = n + 1, joined
        left -= size
    return n
