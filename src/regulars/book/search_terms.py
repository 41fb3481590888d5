"""Keys of what somebody is known by, and keys of what is typed to find them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum

from regulars.book.models.customer import IdentityKind
from regulars.book.spelling import beginning, is_unspaced, names_in, pieces_of, spellings, words_of

_LONGEST = 40  # letters of a word that are looked at
_LEAST_DIGITS = 3
_NUMBER = re.compile(r"[+(]*[0-9][0-9\s()./‐–-]*")


def keys_of(name: str, known_by: Iterable[tuple[str, str]]) -> list[str]:
    """Every key of a record, each once; what it is known by as kind and value."""
    return sorted(set(_keys(name, known_by)))


def _keys(name: str, known_by: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from _keys_of_text(name)
    for kind, value in known_by:
        if kind == IdentityKind.PHONE:
            yield from _digits(value)
        else:
            yield from _keys_of_text(value)
            yield _as_a_whole(value)


def _keys_of_text(text: str) -> Iterator[str]:
    for word in names_in(text):
        yield f"={word[:_LONGEST]}"
        yield from pieces_of(word[:_LONGEST])


def _as_a_whole(text: str) -> str:
    """What is typed in one go, whatever stands between its words."""
    return f"={''.join(words_of(text))[:_LONGEST]}"


def _digits(number: str) -> Iterator[str]:
    digits = "".join(filter(str.isdigit, number))
    return (f"#{digits[at : at + 3]}" for at in range(len(digits) - 2))


class Fit(IntEnum):
    """How well something fits what was typed."""

    WHOLE = 0  # an address or number, or the end of a phone number
    NAME = 1  # every word typed is a name
    BEGINS = 2  # names begin so
    PART = 3  # an address or number begins so, or holds it
    APART = 4  # some words fit the name and others an address


class Typed:
    """What somebody types to find a customer."""

    def __init__(self, text: str) -> None:
        text = unicodedata.normalize("NFKC", text).strip()
        self._spellings = [
            [word[:_LONGEST] for word in words_of(spelling)] for spelling in spellings(text)
        ]
        # A number as it is dialled: without what tells of a country, or of a call within one.
        is_number = _NUMBER.fullmatch(text) is not None
        self._digits = re.sub(r"\D", "", text).lstrip("0") if is_number else None

    def whole_words(self) -> Sequence[Sequence[str]]:
        """Keys of which a record must have all, of one of these lists, to have what is typed.

        Nothing where too little is typed to look for.
        """
        if self._is_little():
            return []
        wholes = [["".join(words)] for words in self._spellings]
        return [
            sorted({f"={word[:_LONGEST]}" for word in words})
            for words in (*self._spellings, *wholes)
        ]

    def beginnings(self) -> Sequence[Sequence[str]]:
        """The same to have words that begin so, or a phone number that holds the digits."""
        if self._is_little():
            return []
        begun = [
            sorted({key for word in words for key in beginning(word)}) for words in self._spellings
        ]
        return [*begun, sorted(set(_digits(self._digits)))] if self._digits else begun

    def _is_little(self) -> bool:
        is_short = self._digits is not None and len(self._digits) < _LEAST_DIGITS
        return not any(self._spellings) or is_short

    def fit_of_name(self, name: str) -> Fit | None:
        """How well a name fits; None where it does not."""
        held = names_in(name)
        if not self._begin(held):
            return None
        is_whole = any(set(words) <= set(held) for words in self._spellings)
        return Fit.NAME if is_whole else Fit.BEGINS

    def fit_of_identity(self, kind: str, value: str) -> Fit | None:
        """How well an address or number fits; None where it does not."""
        if kind == IdentityKind.PHONE:
            if not self._digits or self._digits not in value:
                return None
            return Fit.WHOLE if value.endswith(self._digits) else Fit.PART
        held = words_of(value)
        if "".join(held) in map("".join, self._spellings):
            return Fit.WHOLE
        return Fit.PART if self._begin(held) else None

    def fits_together(self, values: Iterable[str]) -> bool:
        """Whether each word fits one or another of these."""
        return self._begin([word for value in values for word in names_in(value)])

    def _begin(self, held: Sequence[str]) -> bool:
        """Whether each word typed begins one of these, or stands within one without spaces."""
        return any(
            bool(words) and all(any(_fits(word, each) for each in held) for word in words)
            for words in self._spellings
        )


def _fits(word: str, held: str) -> bool:
    return held.startswith(word) or (is_unspaced(word) and word in held)
