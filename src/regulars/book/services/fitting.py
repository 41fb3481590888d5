"""What is told is looked at before it is written, so that a refusal can name it."""

import re
from collections.abc import Collection

from django.db.models import CharField, Model, PositiveIntegerField

from regulars.book.models.laws import CODE
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class BadValue(Refusal):
    """One value cannot be stored; says which, and what is wanted."""

    def __init__(self, field: str, value: object, wanted: str) -> None:
        super().__init__(
            "bad_value", N_("{field} cannot be: {value}"), wanted, field=field, value=value
        )


def check_code(field: str, value: str, *, most: int = 40) -> None:
    """Refuse what is not a code."""
    if len(value) > most or not re.fullmatch(CODE, value):
        raise BadValue(
            field,
            value,
            N_("Write a code of small letters and digits, with . _ / - between: tea/green"),
        )


def check_text(field: str, value: str) -> None:
    """Refuse the one sign that no text of the database can hold."""
    if "\0" in value:
        shown = value.replace("\0", "\N{SYMBOL FOR NULL}")
        raise BadValue(field, shown, N_("Leave out the sign NUL."))


def check_fit(row: Model, *, codes: Collection[str] = ()) -> None:
    """Refuse a row whose texts are too long, whose codes are none or whose times are negative."""
    for field in row._meta.get_fields():
        value = (
            getattr(row, field.name)
            if isinstance(field, (CharField, PositiveIntegerField))
            else None
        )
        if isinstance(field, PositiveIntegerField) and value is not None and value < 0:
            raise BadValue(field.name, value, N_("Give a number from 0 on."))
        if not isinstance(field, CharField) or not value:
            continue
        check_text(field.name, value)
        most = field.max_length or 0
        if field.name in codes:
            check_code(field.name, value, most=most)
        elif len(value) > most:
            raise BadValue(field.name, value, N_("Write it shorter."))
