"""Every text a person reads, found in source and templates as gettext would find it.

Run as `python -m tests.support.texts` to put texts that are new into the catalogues, empty, and to
take out those that are gone.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from regulars.kit.texts import LANGUAGES, LOCALE_OF

SOURCE = Path(__file__).resolve().parents[2] / "src" / "regulars"
LOCALE = SOURCE / "kit" / "locale"
TRANSLATED = tuple(lang for lang in LANGUAGES if lang != "en")
# Templates of Django's, whose tags {% say %} and {% say_n %} Babel cannot read.
_DJANGO = ("board/templates", "messages/templates", "portal/templates")
_METHODS = [
    ("**.py", "python"),
    *((f"{folder}/**.html", "ignore") for folder in _DJANGO),
    ("**.html", "jinja2"),
]
_TAG = re.compile(r'{%-?\s*(say|say_n)\s+"((?:[^"\\]|\\.)*)"(?:\s+"((?:[^"\\]|\\.)*)")?')
_KEYWORDS = {"say": None, "N_": None, "_": None, "say_n": (1, 2)}

type Message = str | tuple[str, ...]


@cache
def found() -> tuple[tuple[str, Message], ...]:
    """(where, text) of every text; a pair of texts where it depends on a count."""
    return tuple(_found())


def _found() -> Iterator[tuple[str, Message]]:
    options = {"**.html": {"trimmed": "true"}}
    for file, line, message, *_ in extract_from_dir(SOURCE, _METHODS, options, keywords=_KEYWORDS):
        yield f"{file}:{line}", message
    pages = (path for folder in _DJANGO for path in (SOURCE / folder).rglob("*.html"))
    for path in sorted(pages):
        for kind, one, many in _TAG.findall(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(SOURCE)), (one, many) if kind == "say_n" else one


def catalogue(lang: str) -> Catalog:
    """The catalogue of a language as its file is."""
    with (LOCALE / f"{lang}.po").open("rb") as file:
        return read_po(file, locale=LOCALE_OF[lang])


def renew(lang: str) -> int:
    """Bring one catalogue up to the source; gives the number of texts still without words."""
    wanted = Catalog(project="Regulars", copyright_holder="The Regulars authors")
    for _, message in found():
        wanted.add(message)
    path = LOCALE / f"{lang}.po"
    held = catalogue(lang) if path.exists() else Catalog()
    made = Catalog(
        locale=LOCALE_OF[lang],
        project="Regulars",
        fuzzy=False,
        header_comment=f"# Texts of Regulars in {lang}.",
        creation_date=datetime(2026, 11, 21, tzinfo=UTC),
        revision_date=datetime(2026, 11, 21, tzinfo=UTC),
        last_translator="Regulars",
        language_team=lang,
    )
    missing = 0
    for message in wanted:
        if not message.id:
            continue
        old = held.get(message.id)
        words = old.string if old and old.id == message.id else None
        made.add(message.id, words or "")
        missing += not (all(words) if isinstance(words, tuple) else words)
    with path.open("wb") as file:
        write_po(file, made, width=100, sort_output=True, no_location=True, omit_header=False)
    return missing


if __name__ == "__main__":
    for language in TRANSLATED:
        print(f"{language}: {renew(language)} texts without words")
