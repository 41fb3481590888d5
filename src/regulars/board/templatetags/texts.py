"""Texts in the reader's language, from the one catalogue."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from regulars.company.models import Staff
from regulars.company.rights import Action
from regulars.intake.money import exponent_of
from regulars.kit.numbers import Numbers
from regulars.kit.texts import LANGUAGES, LOCALE_OF
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
def say_message(message: str) -> str:
    """A sentence whose words come from elsewhere: a step, a reason."""
    return said(message, reader_language())


@register.simple_tag
def say_n(one: str, many: str, n: int, **facts: object) -> str:
    """One sentence that depends on a count: `{% say_n "One row." "{n} rows." n_rows %}`."""
    return said_n(one, many, n, reader_language(), **facts)


@register.simple_tag
def count(n: int) -> str:
    """A whole number as the reader's language writes it: `{% count row.n %}`."""
    return Numbers(reader_language()).count(n)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol beside a word: `{% icon "phone" %}`."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="#{}"/></svg>', name
    )


@register.filter
def initials(name: str) -> str:
    """Up to two letters of a name: the first and the last word's; of a Chinese name its first."""
    words = name.split()
    if not words:
        return "?"
    last = words[-1][0] if len(words) > 1 else ""
    return (words[0][0] + last).upper()


@register.simple_tag
def percent(share: float, digits: int = 0) -> str:
    """A share as percent: `{% percent reading.value %}`."""
    return Numbers(reader_language()).percent(share, digits)


@register.simple_tag
def money(minor: int, currency: str, significant: int | None = None) -> str:
    """An amount in minor units: `{% money row.net_minor currency %}`."""
    numbers = Numbers(reader_language(), currency, exponent_of(currency))
    return numbers.money(minor, significant=significant)


@register.simple_tag
def day(on: date) -> str:
    """A date as the reader's language writes it: `{% day row.last_on %}`."""
    return Numbers(reader_language()).day(on)


@register.filter
def counted(n: int) -> str:
    """A whole number inside a sentence: `{% say "Of {all}" all=n|counted %}`."""
    return Numbers(reader_language()).count(n)


@register.filter
def as_percent(share: float) -> str:
    """A share inside a sentence."""
    return Numbers(reader_language()).percent(share)


@register.filter
def written(on: date) -> str:
    """A date inside a sentence: `{% say "Due {day}" day=row.due_on|written %}`."""
    return Numbers(reader_language()).day(on)


@register.simple_tag(takes_context=True)
def short_moment(context: Context, at: datetime) -> str:
    """An instant beside something, without its year: `{% short_moment item.at %}`."""
    return Numbers(reader_language()).moment(at.astimezone(context["company"].zone))


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime) -> str:
    """An instant as the company's clock shows it: `{% moment line.at %}`."""
    from babel.dates import format_datetime

    zone = ZoneInfo(context["company"].time_zone)
    return format_datetime(at, "medium", tzinfo=zone, locale=LOCALE_OF[reader_language()])


@register.simple_tag(takes_context=True)
def may(context: Context, action: str) -> bool:
    """Whether the reader may do something: `{% may "manage_settings" as may_set %}`."""
    user: Any = context["request"].user
    return isinstance(user, Staff) and user.may(Action(action))


@register.filter
def get(table: dict[str, str], key: str) -> str:
    """One value of a table."""
    return table[key]
