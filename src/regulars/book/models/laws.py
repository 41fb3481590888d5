"""Conditions that several tables of the book are held to."""

from enum import StrEnum

from django.db.models import Q

CURRENCY = r"^[A-Z]{3}$"  # ISO 4217
CODE = r"^[a-z0-9]+([._/-][a-z0-9]+)*$"  # small letters and digits: "call_back", "tea/green"


def is_one_of(field: str, kinds: type[StrEnum], *, or_empty: bool = False) -> Q:
    """A field holds one of a few words; with `or_empty` also none."""
    words = [kind.value for kind in kinds]
    return Q(**{f"{field}__in": [*words, ""] if or_empty else words})


def is_told(*fields: str) -> Q:
    """None of these texts is empty."""
    return ~Q(*((field, "") for field in fields), _connector=Q.OR)


def not_negative(*fields: str) -> Q:
    """None of these amounts lies below zero."""
    return Q(*((f"{field}__gte", 0) for field in fields))


def is_currency() -> Q:
    """The currency is a code such as SEK."""
    return Q(currency__regex=CURRENCY)


def is_code(field: str) -> Q:
    """The field holds a code, whichever."""
    return Q(**{f"{field}__regex": CODE})


def is_code_or_empty(field: str) -> Q:
    """The field holds a code, or nothing."""
    return Q(**{field: ""}) | is_code(field)
