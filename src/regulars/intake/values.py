"""What a single value looks like: enough to judge a column by some of its values."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from regulars.intake.currencies import SIGN
from regulars.intake.words import words

EMPTY = frozenset(
    ("", "-", "--", "nan", "null", "none", "n/a", "na", "#n/a", "nil", "nat", "\\n", "<na>")
)
MONTHS = {
    name: number
    for number, listed in enumerate(
        (
            "january jan januari januar jänner",
            "february feb februari februar febr",
            "march mar mars märz maerz mrz mär",
            "april apr",
            "may maj mai",
            "june jun juni",
            "july jul juli",
            "august aug augusti",
            "september sep sept",
            "october oct oktober okt",
            "november nov",
            "december dec dezember dez",
        ),
        start=1,
    )
    for name in listed.split()
}
WEEKDAYS = words(
    "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat"
    " sunday sun måndag mån tisdag tis onsdag ons torsdag tors fredag fre lördag lör söndag sön"
    " montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sa sonntag so"
)
_NUMERIC_DATE = re.compile(
    r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"|\d{1,2}/\d{1,2}-\d{2}(\d{2})?"
    r"|\d{1,2}([-/. ])\d{1,2}\3\d{2}(\d{2})?"
    r"|(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))(\D.*)?"
)
_MONEY = re.compile(
    rf"[-+−(]?\s*({SIGN})?\s*[-−]?[.,]?\d[\d.,'’\s\u00a0\u202f\u2009]*(e[-+]?\d+)?\s*({SIGN})?\s*[-−)]?"
)


def is_empty(value: object) -> bool:
    """Whether nothing is said."""
    return value is None or (isinstance(value, str) and value.strip().lower() in EMPTY)


def is_date_like(value: object) -> bool:
    """Whether a value could be a day, written in full."""
    if isinstance(value, date | datetime):
        return True
    if not isinstance(value, str):
        return False
    text = value.strip().lower()
    if _NUMERIC_DATE.fullmatch(text):
        return True
    words = re.findall(r"[^\W\d_]+", text)
    return bool(re.search(r"\d{2}", text)) and any(word in MONTHS for word in words)


def is_number_like(value: object) -> bool:
    """Whether a value could be a number or a sum of money."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float | Decimal):
        return True
    return isinstance(value, str) and bool(_MONEY.fullmatch(value.strip().lower()))


def has_fraction(value: object) -> bool:
    """Whether a number has digits after its decimal sign."""
    if isinstance(value, float | Decimal):
        return value % 1 != 0
    return isinstance(value, str) and bool(re.search(r"\d[.,]\d{1,2}\D*$", value.strip()))


def is_email(value: object) -> bool:
    """Whether a value could be an e-mail address."""
    return isinstance(value, str) and bool(re.fullmatch(r"\s*[^@\s]+@[^@\s]+\.\w+\s*", value))


def said(values: Sequence[object]) -> list[object]:
    """The values that say something."""
    return [value for value in values if not is_empty(value)]
