"""How names are told apart and found: without accents, in small letters, word by word."""

import re
import unicodedata
from collections.abc import Iterator

# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
# How letters are spelled by who cannot type their marks.
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# Scripts that put no spaces between words: Han, kana, Hangul.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
# Words that others write as one: O'Brien, Xiao-Ming, 王 小明, 阿卜杜拉·买买提.
_PARTED = re.compile(
    rf"[^\W_{_UNSPACED}]+(?:['’ʼ‐-][^\W_{_UNSPACED}]+)+|[{_UNSPACED}]+(?:[\s·・]+[{_UNSPACED}]+)+"
)
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
# A name of Han letters or Hangul, the family's first.
_FAMILY_FIRST = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]{1,4}"
)
_COURTESIES = {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "fru", "froken", "jr", "sr"}
_HAN_COURTESY = re.compile("(?<=.)(?:先生|女士|小姐|太太)$")
_TWO_LETTER_SURNAMES = re.compile(
    "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|東方|皇甫|尉迟|尉遲|公孙|公孫|令狐|司徒|慕容|夏侯|长孙|長孫"
)


def plain(text: str) -> str:
    """Small letters without accents: Åsa is asa, and full-width letters are as wide as others."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", bare)


def words_of(text: str) -> list[str]:
    """The words of a text, plain; a run of Han letters, kana or Hangul is one word."""
    return _WORD.findall(plain(text))


def spellings(text: str) -> list[str]:
    """The text plain, and where it has umlauts, with them spelled out: muller and mueller."""
    if text.isascii():
        return [text.lower()]
    small = unicodedata.normalize("NFC", text.casefold())
    return list(dict.fromkeys((plain(text), plain(small.translate(_SPELLED_OUT)))))


def names_in(text: str) -> list[str]:
    """Each word by which a text is found: as it is spelled, spelled out, and written as one."""
    return [
        word
        for spelling in spellings(text)
        for word in (*words_of(spelling), *_written_as_one(spelling))
    ]


def _written_as_one(text: str) -> list[str]:
    return ["".join(words_of(parted)) for parted in _PARTED.findall(text)]


def is_unspaced(word: str) -> bool:
    """Whether a word of `words_of` is a run of letters that are written without spaces."""
    return re.match(f"[{_UNSPACED}]", word) is not None


def name_parts(name: str) -> tuple[str, str]:
    """First and last name, plain, one word of each; empty where there is none.

    "Berg, Ana" has the last name first, and so has a name in Han letters or Hangul, with or without
    a space in it. Titles are no names.
    """
    name = _HAN_COURTESY.sub("", name.translate(_APOSTROPHES).strip())
    last, comma, first = name.partition(",")
    if comma:
        return next(iter(_names(first)), ""), next(reversed(_names(last)), "")
    words = _names(name)
    whole = "".join(words)
    if _FAMILY_FIRST.fullmatch(whole):
        n_last = 2 if len(whole) > 2 and _TWO_LETTER_SURNAMES.match(whole) else 1
        return whole[n_last:], whole[:n_last]
    return (words[0] if words else "", words[-1] if len(words) > 1 else "")


def may_be_one(name: str, other: str) -> bool:
    """Whether one person may be called both: a name in common, or one that begins the other.

    Last names are a family's, and do not count where both tell a first one too.
    """
    (first, last), (other_first, other_last) = name_parts(name), name_parts(other)
    if not (first or last) or not (other_first or other_last):
        return True
    if first and other_first:
        return _begin(first, other_first) or (first, last) == (other_last, other_first)
    return bool({first, last} & {other_first, other_last} - {""})


def _begin(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _names(text: str) -> list[str]:
    words = words_of(text)
    return [word for word in words if word not in _COURTESIES] or words


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
