"""Texts in the reader's language, from the one catalogue."""

from django import template
from django.utils.translation import get_language

from regulars.kit.texts import LANGUAGES
from regulars.kit.texts import say as said
from regulars.kit.texts import say_n as said_n

register = template.Library()


def reader_language() -> str:
    """The language chosen for this request, as far as we speak it."""
    chosen = get_language() or "en"
    return chosen if chosen in LANGUAGES else "en"


@register.simple_tag
def say(message: str, **facts: object) -> str:
    """One sentence: `{% say "Signed in as {name}." name=staff.name %}`."""
    return said(message, reader_language(), **facts)


@register.simple_tag
def say_n(one: str, many: str, n: int) -> str:
    """One sentence that depends on a count: `{% say_n "One row." "{n} rows." n_rows %}`."""
    return said_n(one, many, n, reader_language())
