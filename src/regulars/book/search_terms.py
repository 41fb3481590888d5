"""Keys of what somebody is known by, and keys of what is typed to find them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from regulars.book.models.customer import Identity, IdentityKind
from regulars.book.spelling import is_unspaced, shingles, words_of

_LONGEST = 40  # letters of a word that are looked at
_LEAST_DIGITS = 3
_NUMBER = re.compile(r"[+0-9][0-9\s()./-]*")


def keys_of(name: str, known_by: Iterable[Identity]) -> list[str]:
    """Every key of a record, each once."""
    return sorted(set(_keys(name, known_by)))


def _keys(name: str, known_by: Iterable[Identity]) -> Iterator[str]:
    yield from _keys_of_text(name)
    for identity in known_by:
        if identity.kind == IdentityKind.PHONE:
            yield from _digits(identity.value)
        else:
            yield from _keys_of_text(identity.value)
            yield _as_a_whole(identity.value)


def _keys_of_text(text: str) -> Iterator[str]:
    for word in words_of(text):
        yield f"={word[:_LONGEST]}"
        yield from shingles(word[:_LONGEST])


def _as_a_whole(text: str) -> str:
    """What is typed in one go, whatever stands between its words."""
    return f"={''.join(words_of(text))}"


def _digits(number: str) -> Iterator[str]:
    digits = "".join(filter(str.isdigit, number))
    return (f"#{digits[at : at + 3]}" for at in range(len(digits) - 2))


def alternatives(typed: str) -> Sequence[Sequence[str]]:
    """Keys of which a record must have all, of one of these lists; what is likeliest meant first.

    Nothing where too little is typed to look for.
    """
    words = [word[:_LONGEST] for word in words_of(typed)]
    digits = digits_of(typed)
    if not words or (digits is not None and len(digits) < _LEAST_DIGITS):
        return []
    lists = [
        [f"={word}" for word in words],
        [_as_a_whole(typed)],
        [key for word in words for key in _beginning(word)],
    ]
    return [sorted(set(keys)) for keys in (lists if digits is None else [*lists, _digits(digits)])]


def digits_of(typed: str) -> str | None:
    """What was typed as a number, without what tells of a country or of a call within one.

    None where it is no number.
    """
    if not _NUMBER.fullmatch(typed.strip()):
        return None
    return re.sub(r"\D", "", typed).lstrip("0")


def _beginning(word: str) -> list[str]:
    """Keys that every word has that begins so."""
    pieces = list(shingles(word))
    # The longest alone: whoever has them has the shorter ones.
    longest = max(len(piece.lstrip("^")) for piece in pieces)
    rare = [piece for piece in pieces if len(piece.lstrip("^")) == longest]
    return rare if is_unspaced(word) else [*rare, f"^{word[:2]}"]
