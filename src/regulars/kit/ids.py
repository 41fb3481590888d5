"""IDs: UUIDs that sort by the time they were made (version 7, RFC 9562), readable at the API."""

import os
import time
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_LENGTH = 26


def new_id() -> UUID:
    """A new ID. Made here, because the database makes them from PostgreSQL 18 on only."""
    milliseconds = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | 0x7 << 76 | (noise >> 64 & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | noise & (1 << 62) - 1)


def readable(prefix: str, value: UUID) -> str:
    """The ID as people and programs outside see it: `cus_` and 26 letters."""
    letters = (_ALPHABET[value.int >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return f"{prefix}_{''.join(letters)}"


def from_readable(prefix: str, text: str) -> UUID | None:
    """The ID again; None for anything that `readable` did not write with this prefix."""
    head, _, letters = text.partition("_")
    if head != prefix or len(letters) != _LENGTH or not set(letters) <= set(_ALPHABET):
        return None
    value = sum(_ALPHABET.index(letter) << 5 * place for place, letter in enumerate(letters[::-1]))
    return UUID(int=value) if value < 1 << 128 else None
