"""Reading what options were given: each a value, or a refusal that names option and mend."""

import os
import re
from collections.abc import Sequence
from datetime import date, datetime

from regulars.cli.faults import reader_language
from regulars.kit.errors import InputRefused
from regulars.kit.texts import LANGUAGES, N_

_YEARS = range(1900, 2200)


def language_among(words: Sequence[str]) -> str:
    """The value of --lang among words that are not read yet, or else the terminal's language."""
    joined = " ".join(words).lower()
    found = re.search(rf"(?:^| )--lang[ =]({'|'.join(LANGUAGES)})(?: |$)", joined)
    return found[1] if found else reader_language()


def spoken(lang: str | None) -> str:
    """The language asked for, or the terminal's."""
    if lang is None:
        return reader_language()
    return one_of("--lang", lang.lower(), LANGUAGES) or "en"


def one_of(option: str, given: str | None, wanted: tuple[str, ...]) -> str | None:
    """The value if it is one of those wanted, None where the option was left out."""
    if given is None or given in wanted:
        return given
    raise InputRefused(
        "bad_option",
        N_("{option} was given {value!r}."),
        N_("Give it one of: {wanted}."),
        option=option,
        value=given,
        wanted=", ".join(wanted),
    )


def as_text(given: str) -> str:
    """An argument as text, whatever bytes it was typed in."""
    return os.fsencode(given).decode(errors="replace")


def day(option: str, text: str | None) -> date | None:
    """A day written year-month-day, None where the option was left out."""
    if text is None:
        return None
    try:
        given = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        given = date.min
    if given.year in _YEARS:
        return given
    raise InputRefused(
        "bad_option",
        N_("{option} was given {value!r}."),
        N_("Write the day as year-month-day, such as {example}."),
        option=option,
        value=text,
        example="2026-09-30",
    )


def currency_code(option: str, text: str | None) -> str | None:
    """Three letters in upper case, None where the option was left out."""
    if text is None or re.fullmatch("[A-Za-z]{3}", text):
        return text and text.upper()
    raise InputRefused(
        "bad_option",
        N_("{option} was given {value!r}."),
        N_("Write the three letters of the currency, such as {example}."),
        option=option,
        value=text,
        example="SEK",
    )


def country_code(option: str, text: str | None) -> str | None:
    """Two letters in upper case, None where the option was left out."""
    if text is None or re.fullmatch("[A-Za-z]{2}", text):
        return text and text.upper()
    raise InputRefused(
        "bad_option",
        N_("{option} was given {value!r}."),
        N_("Write the two letters of the country, such as {example}."),
        option=option,
        value=text,
        example="SE",
    )


def day_first(dates: str | None) -> bool | None:
    """Whether days are written before months, None where the option was left out."""
    told = one_of("--dates", dates, ("day-first", "month-first"))
    return None if told is None else told == "day-first"


def whole(option: str, text: str, *, least: int, most: int) -> int:
    """A whole number within its bounds."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if least <= number <= most:
        return number
    raise InputRefused(
        "bad_option",
        N_("{option} was given {value!r}."),
        N_("Write a whole number from {least} to {most}."),
        option=option,
        value=text,
        least=least,
        most=most,
    )


def share(option: str, text: str | None) -> float | None:
    """A share written 35% or 0.35, above 0 and at most 1; None where the option was left out."""
    if text is None:
        return None
    try:
        number = float(text.strip().removesuffix("%")) / (100 if "%" in text else 1)
    except ValueError:
        number = 0.0
    if 0 < number <= 1:
        return number
    raise InputRefused(
        "bad_option",
        N_("{option} was given {value!r}."),
        N_("Write a share above 0 and at most 1, such as {example}."),
        option=option,
        value=text,
        example="35%",
    )


def mapping(pairs: list[str]) -> dict[str, str]:
    """FIELD=COLUMN, as often as given."""
    found: dict[str, str] = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or not field.strip() or not column.strip():
            raise InputRefused(
                "bad_option",
                N_("--map was given {value!r}, which is not FIELD=COLUMN."),
                N_("Write it as --map customer=CustomerID, once for each column."),
                value=pair,
            )
        name, wanted = field.strip().lower(), column.strip()
        if found.setdefault(name, wanted) != wanted:
            raise InputRefused(
                "bad_option",
                N_("--map was given two columns for {field}: {first} and {second}."),
                N_("Keep one of them."),
                field=name,
                first=found[name],
                second=wanted,
            )
    return found
