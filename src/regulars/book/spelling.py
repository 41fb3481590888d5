"""How names are told apart and found: without accents, in small letters, word by word."""

import re
import unicodedata
from collections.abc import Iterator

# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ð": "d", "þ": "th"})
# Scripts that put no spaces between words: Han, kana, Hangul.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,4}")
_TWO_LETTER_SURNAMES = re.compile(
    "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|東方|皇甫|尉迟|尉遲|公孙|公孫|令狐|司徒|慕容|夏侯|长孙|長孫"
)


def plain(text: str) -> str:
    """Small letters without accents: Åsa is asa, and full-width letters are as wide as others."""
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", bare)


def words_of(text: str) -> list[str]:
    """The words of a text, plain; a run of Han letters, kana or Hangul is one word."""
    return _WORD.findall(plain(text))


def is_unspaced(word: str) -> bool:
    """Whether a word of `words_of` is a run of letters that are written without spaces."""
    return re.match(f"[{_UNSPACED}]", word) is not None


def name_parts(name: str) -> tuple[str, str]:
    """First and last name, plain; empty where there is none.

    "Berg, Ana" has the last name first, and so has a name in Han letters.
    """
    last, comma, first = name.partition(",")
    if comma:
        return " ".join(words_of(first)), " ".join(words_of(last))
    words = words_of(name)
    if len(words) == 1 and _HAN.fullmatch(words[0]):
        (whole,) = words
        n_last = 2 if len(whole) > 2 and _TWO_LETTER_SURNAMES.match(whole) else 1
        return whole[n_last:], whole[:n_last]
    return (words[0] if words else "", words[-1] if len(words) > 1 else "")


_BEGINNING = 4  # letters


def pieces_of(word: str) -> Iterator[str]:
    """Short pieces by which a word is found as it is typed: its beginnings, then threes of letters.

    Of a run without spaces each letter and each pair.
    """
    if is_unspaced(word):
        yield from word
        yield from (word[at : at + 2] for at in range(len(word) - 1))
        return
    yield from (f"^{word[:n]}" for n in range(1, min(len(word), _BEGINNING) + 1))
    yield from _threes(word)


def beginning(word: str) -> list[str]:
    """The fewest pieces that every word has that begins so, or that holds the run."""
    if is_unspaced(word):
        return [word[at : at + 2] for at in range(len(word) - 1)] or [word]
    return [f"^{word[:_BEGINNING]}", *_threes(word)]


def _threes(word: str) -> list[str]:
    """From the third letter on: the first four are found as a beginning."""
    return [word[at : at + 3] for at in range(2, len(word) - 2)]
