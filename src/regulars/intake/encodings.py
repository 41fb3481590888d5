"""Which encoding a text is written in.

UTF-8 proves itself: text in another encoding is hardly ever valid UTF-8. So the whole file is
looked through, and only a file that is not UTF-8 is guessed at, from its lines beyond ASCII.
"""

import codecs
import re
from itertools import pairwise
from typing import BinaryIO

_PIECE = 1 << 24
_ENOUGH = 1 << 16  # bytes of lines beyond ASCII to judge by
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A file whose sequences beyond ASCII are so rarely wrong is UTF-8 with damaged places.
_DAMAGED_SHARE = 0.05
_DAMAGED_UTF8 = "utf-8-sig"  # UTF-8 again, under a name that promises nothing
# Letters with accents; and signs, but not as the first letter of a word.
_WESTERN = re.compile("[À-ÿœŒšŠžŽ]|[€£°´’‘“”–—©®½…•\u00a0«»§¿¡](?![^\\W\\d_])")
_LEVEL_1 = (*range(0xA1, 0xA4), *range(0xB0, 0xD8))  # first bytes: signs, common characters
_OTHERS = ("cp1252", "cp1250", "cp1251", "koi8_r", "gb18030", "big5", "cp932", "euc_jp", "cp949")


def find_encoding(file: BinaryIO) -> str:
    """The name of a codec for the file. "utf-8" promises that every byte of it is valid."""
    start = file.read(4096)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if guessed := _utf16_without_mark(start):
        return guessed
    decoder = codecs.getincrementaldecoder("utf-8")()
    odd, piece, valid = list[bytes](), start, True
    while piece:
        if valid:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                valid = False
        if not piece.isascii() and sum(map(len, odd)) < _ENOUGH:
            odd.append(b"\n".join(line for line in piece.split(b"\n") if not line.isascii()))
        if not valid and sum(map(len, odd)) >= _ENOUGH:
            break
        piece = file.read(_PIECE)
    return "utf-8" if valid and _ends_whole(decoder) else _guess(b"\n".join(odd)[:_ENOUGH])


def _ends_whole(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(start: bytes) -> str | None:
    """UTF-16 shows as a zero in every other byte of ASCII text."""
    half = max(1, len(start) // 2)
    if start[1::2].count(0) > 0.6 * half:
        return "utf-16-le"
    if start[0::2].count(0) > 0.6 * half:
        return "utf-16-be"
    return None


def _guess(odd: bytes) -> str:
    """The encoding of text that is not UTF-8, from lines of it."""
    if _is_damaged_utf8(odd):
        return _DAMAGED_UTF8
    if _is_western(odd):
        return "cp1252"
    if _is_chinese(odd):
        return "gb18030"
    from charset_normalizer import from_bytes

    best = from_bytes(odd, cp_isolation=list(_OTHERS)).best()
    return best.encoding if best else "cp1252"


def _is_damaged_utf8(odd: bytes) -> bool:
    text = odd.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for sign in text if ord(sign) > 127) - wrong
    return right > 0 and wrong <= _DAMAGED_SHARE * (wrong + right)


def _is_western(odd: bytes) -> bool:
    """Letters with accents and usual signs, mostly single among plain letters."""
    text = odd.decode("cp1252", errors="replace")
    n_beyond = sum(1 for sign in text if ord(sign) > 127)
    return len(_WESTERN.findall(text)) >= 0.8 * n_beyond and _runs_share(text) < 0.4


def _is_chinese(odd: bytes) -> bool:
    """Pairs of bytes that are mostly common characters (the first level of GB 2312), in runs."""
    text = odd.decode("gb18030", errors="replace")
    beyond = [sign.encode("gb18030") for sign in text if ord(sign) > 127]
    common = sum(1 for code in beyond if len(code) == 2 and code[0] in _LEVEL_1 and code[1] > 0xA0)
    return common >= 0.6 * len(beyond) and _runs_share(text) >= 0.3


def _runs_share(text: str) -> float:
    """Of the signs beyond ASCII, the share followed by another."""
    beyond = sum(1 for sign in text if ord(sign) > 127)
    beside = sum(1 for a, b in pairwise(text) if ord(a) > 127 and ord(b) > 127)
    return beside / max(1, beyond)
