"""The language of templates: words, and names in braces whose values are filled in.

There is nothing else in it: no tags, no attributes, no formats. {{ and }} are braces themselves.
"""

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from regulars.kit.errors import Refusal
from regulars.kit.texts import LOCALE_OF, N_

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class ValueKind(StrEnum):
    """What a name stands for; it says how the value is written."""

    TEXT = "text"
    MOMENT = "moment"  # day and time, on the company's clock
    DAY = "day"
    LINK = "link"


type Value = str | datetime | date


class BadTemplate(Refusal):
    """The text of a template cannot be read."""

    def __init__(self, part: str) -> None:
        super().__init__(
            "bad_template",
            N_("This part of the text cannot be read: {part}"),
            N_("Write a name in braces, such as {{due_at}}, and {{{{ or }}}} for a brace itself."),
            part=part,
        )


class UnknownVariable(Refusal):
    """A text names what no value is given for."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            "unknown_variable",
            N_("Nothing is known by the name {name} here."),
            N_("Use one of: {known}."),
            name=name,
            known=", ".join(sorted(known)) or "-",
        )


class MissingValue(Refusal):
    """A message cannot be written, since a value is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "missing_value",
            N_("The message needs a value for {name}, and has none."),
            N_("Give it, or take {name} out of the template."),
            name=name,
        )


def names_in(text: str) -> set[str]:
    """The names that a text fills in; a text that cannot be read is refused."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise BadTemplate(str(error)) from None
    found = set()
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if form or conversion or not _NAME.fullmatch(name):
            raise BadTemplate(f"{{{name}{'!' + conversion if conversion else ''}{form or ''}}}")
        found.add(name)
    return found


def check_names(text: str, known: Iterable[str]) -> None:
    """Refuse a text that names anything else."""
    known = set(known)
    for name in sorted(names_in(text) - known):
        raise UnknownVariable(name, known)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its values; a value is never read as a template itself."""
    for name in sorted(names_in(text)):
        if not values.get(name, "").strip():
            raise MissingValue(name)
    return string.Formatter().vformat(text, (), dict(values))


def written(value: Value, kind: ValueKind, language: str, zone: ZoneInfo) -> str:
    """A value as the reader's language writes it."""
    # Takes a while to import.
    from babel.dates import format_date, format_datetime

    locale = LOCALE_OF[language]
    match kind, value:
        case ValueKind.MOMENT, datetime():
            return format_datetime(value, "long", tzinfo=zone, locale=locale)
        case ValueKind.DAY, date() if not isinstance(value, datetime):
            return format_date(value, "long", locale=locale)
        case ValueKind.TEXT, str():
            return _one_line(value)
        case ValueKind.LINK, str() if re.match(r"https?://[^\s]+\Z", value):
            return value
    raise TypeError(f"{value!r} is no {kind}")


def _one_line(text: str) -> str:
    """Names and numbers come from outside: a line break in one would become a line of ours."""
    plain = (" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    return " ".join("".join(plain).split())
