"""IDs: UUIDs that sort by the time they were made (version 7, RFC 9562), readable at the API."""

import os
import secrets
import time
from threading import Lock
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_LENGTH = 26
_COUNTER_BITS = 74  # all that version 7 leaves beside the time
_STEP_BITS = 32  # large enough that nobody guesses the next ID from one they know


class _Maker:
    """Counts up within a millisecond, and while the clock has been set back (RFC 9562, 6.2)."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Know of no ID made before: a forked process must not count on beside its parent."""
        self._lock = Lock()
        self._last = 0  # milliseconds, then the counter

    def next_value(self) -> int:
        """A time and a counter, larger than all before in this process."""
        with self._lock:
            milliseconds = time.time_ns() // 1_000_000
            if milliseconds > self._last >> _COUNTER_BITS:
                # Its first bit is 0, so that there is room to count.
                noise = secrets.randbits(_COUNTER_BITS - 1)
                self._last = milliseconds << _COUNTER_BITS | noise
            else:
                self._last += 1 + secrets.randbits(_STEP_BITS)
            return self._last


_maker = _Maker()
os.register_at_fork(after_in_child=_maker.begin)


def new_id() -> UUID:
    """A new ID, larger than all that this process made before.

    Made here, because the database makes them from PostgreSQL 18 on only.
    """
    value = _maker.next_value()
    head, tail = value >> 62, value & (1 << 62) - 1
    return UUID(int=(head >> 12) << 80 | 0x7 << 76 | (head & 0xFFF) << 64 | 0b10 << 62 | tail)


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
