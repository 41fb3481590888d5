"""Texts a person reads: one gettext catalogue for every door, read once a process.

The message id is the English sentence itself, with `{named}` places for figures. Sentences are
translated whole; parts of sentences are never glued together.
"""

import gettext
import io
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh-hans", "sv")
_LOCALES = Path(__file__).parent / "locale"
# Babel's and CLDR's names of our language codes.
LOCALE_OF = {"en": "en", "zh-hans": "zh_Hans_CN", "sv": "sv_SE"}


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "mark, do not translate yet"
    """Mark a text for the catalogue where it is not yet known for whom it will be said."""
    return message


class Message(str):
    """A fact of a sentence that is a message id itself, and is said in the reader's language."""

    __slots__ = ()


def shortened(text: str, most: int = 400) -> str:
    """A text of at most so many characters; what is cut off is shown as an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


@cache
def catalogue(lang: str) -> gettext.NullTranslations:
    """The texts of one language; English needs none, since its sentences are the ids.

    Compiled in memory from the .po file, so that no binary lies in the repository.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang is {lang!r}; wanted one of {', '.join(LANGUAGES)}")
    if lang == "en":
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile

    with (_LOCALES / f"{lang}.po").open("rb") as file:
        compiled = io.BytesIO()
        mofile.write_mo(compiled, pofile.read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(message: str, lang: str, /, **facts: object) -> str:
    """One sentence in a language, its places filled."""
    said = catalogue(lang).gettext(message)
    return said.format(**facts) if facts else said


def say_n(one: str, many: str, n: int, lang: str, /, **facts: object) -> str:
    """One sentence that depends on a count; `{n}` is filled unless given already formatted."""
    said = catalogue(lang).ngettext(one, many, n)
    return said.format(**({"n": n} | facts))
