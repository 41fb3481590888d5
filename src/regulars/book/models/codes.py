"""Conditions on codes, as the tables of the book state them."""

from enum import StrEnum

from django.db.models import Q

CODE = r"^[a-z0-9]+([._/-][a-z0-9]+)*$"  # small letters and digits: "call_back", "tea/green"


def is_one_of(field: str, codes: type[StrEnum]) -> Q:
    """The field holds a code of this list."""
    return Q(**{f"{field}__in": [code.value for code in codes]})


def is_code(field: str) -> Q:
    """The field holds a code, whichever."""
    return Q(**{f"{field}__regex": CODE})


def is_code_or_empty(field: str) -> Q:
    """The field holds a code, or nothing."""
    return Q(**{field: ""}) | is_code(field)
