"""Slipping: whom do we lose without a word, and why call?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from regulars.board.templatetags.texts import reader_language
from regulars.board.views.page import for_whoever, page
from regulars.book.queries.access import PREFIX
from regulars.company.models import Staff
from regulars.company.rights import Action
from regulars.intake.money import exponent_of
from regulars.kit.ids import readable
from regulars.kit.numbers import Numbers
from regulars.kit.texts import say_n
from regulars.readings.models import Standing, Taking
from regulars.readings.queries.takings import last_taking
from regulars.readings.queries.takings import slipping as who_slips

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class SlippingRow:
    """Somebody who used to come and now probably will not."""

    id: str
    name: str
    change: str
    worth: str
    odds: str
    last_on: date


@never_cache
@for_whoever(may=Action.SEE_CUSTOMERS)
def slipping(request: HttpRequest, staff: Staff) -> HttpResponse:  # noqa: ARG001 - who asks is seen
    """All of them, the dearest first."""
    taking = last_taking()
    if taking is None:
        return render(request, "board/slipping.html", page(here="slipping"))
    pages = Paginator(who_slips(taking), ON_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    told = page(
        here="slipping",
        taking=taking,
        shown=shown,
        rows=_rows(taking, shown.object_list),
    )
    return render(request, "board/slipping.html", told)


def slipping_rows(taking: Taking, *, at_most: int) -> Sequence[SlippingRow]:
    """The dearest of them."""
    return _rows(taking, who_slips(taking)[:at_most])


def _rows(taking: Taking, standings: Iterable[Standing]) -> Sequence[SlippingRow]:
    lang = reader_language()
    numbers = Numbers(lang, taking.currency, exponent_of(taking.currency))
    return [_row(taking, one, numbers, lang) for one in standings]


def _row(taking: Taking, one: Standing, numbers: Numbers, lang: str) -> SlippingRow:
    silent = (taking.as_of - one.last_on).days if taking.as_of else 0
    if one.usual_gap_days is None:
        change = say_n("Silent for {n} day", "Silent for {n} days", silent, lang)
    else:
        change = say_n(
            "Every day, now {silent} days",
            "Every {n} days, now {silent}",
            max(1, round(one.usual_gap_days)),
            lang,
            silent=numbers.count(silent),
        )
    return SlippingRow(
        id=readable(PREFIX, one.customer_id),
        name=one.customer.name,
        change=change,
        worth=numbers.money(one.year_net_minor, significant=3),
        odds="" if one.p_buys is None else numbers.odds(one.p_buys),
        last_on=one.last_on,
    )
