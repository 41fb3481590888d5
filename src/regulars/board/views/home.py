"""The house is up: for whoever signed in, and for a watching machine."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from regulars.analysis.turns import days_list
from regulars.board.happenings import came_in_today
from regulars.board.signing import has_second_factor
from regulars.board.templatetags.texts import reader_language
from regulars.board.views.page import for_whoever, page
from regulars.board.views.slipping import slipping_rows
from regulars.board.views.today import turns_shown
from regulars.book.queries.customers import n_customers
from regulars.book.queries.promises import promise_counts
from regulars.company.models import Staff
from regulars.company.queries.company import the_company
from regulars.company.queries.standing import house_standing
from regulars.company.rights import Action
from regulars.readings.models import Taking
from regulars.readings.queries.takings import last_taking, last_try, page_parts

BOARD_PARTS = ("lead", "lead_more", "share", "stages", "concentration", "moves")
SHOWN = 5


@for_whoever(may=Action.SEE_HOUSE)
def home(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Where everybody begins; the figures are for whose role includes them."""
    taking = last_taking() if staff.may(Action.SEE_FIGURES) else None
    if taking is not None:
        return _board(request, staff, taking)
    figures = _figures() if staff.may(Action.SEE_FIGURES) else {}
    return render(
        request,
        "board/home.html",
        page(
            standing=house_standing(),
            sees_figures=bool(figures),
            has_second_factor=has_second_factor(staff),
            here="board",
            tried=last_try(),
            **figures,
        ),
    )


def _board(request: HttpRequest, staff: Staff, taking: Taking) -> HttpResponse:
    """Where we stand, whether it gets better, and what to do."""
    parts = page_parts(taking, reader_language(), BOARD_PARTS)
    sees_customers = staff.may(Action.SEE_CUSTOMERS)
    told = page(
        here="board",
        taking=taking,
        parts=parts,
        standing=house_standing(),
        turns=turns_shown(days_list(staff)) if sees_customers else [],
        slipping=slipping_rows(taking, at_most=SHOWN) if sees_customers else [],
        counts=promise_counts(timezone.now()),
    )
    return render(request, "board/board.html", told)


def _figures() -> dict[str, Any]:
    zone = ZoneInfo(the_company().time_zone)
    return {"n_customers": n_customers(), "today": came_in_today(timezone.now(), zone)}


@login_not_required
@never_cache
def health(_request: HttpRequest) -> HttpResponse:
    """200 while the house can work, else 503 and what is missing."""
    standing = house_standing()
    return JsonResponse(
        {"ok": standing.is_sound, "database": standing.has_database, "jobs": standing.has_worker},
        status=200 if standing.is_sound else 503,
    )
