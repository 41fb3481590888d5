"""The house is up: for whoever signed in, and for a watching machine."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from regulars.board.happenings import came_in_today
from regulars.board.signing import has_second_factor
from regulars.board.views.page import for_whoever, page
from regulars.book.queries.customers import n_customers
from regulars.company.models import Staff
from regulars.company.queries.company import the_company
from regulars.company.queries.standing import house_standing
from regulars.company.rights import Action


@for_whoever(may=Action.SEE_HOUSE)
def home(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Where everybody begins; the figures are for whose role includes them."""
    figures = _figures() if staff.may(Action.SEE_FIGURES) else {}
    return render(
        request,
        "board/home.html",
        page(
            standing=house_standing(),
            sees_figures=bool(figures),
            has_second_factor=has_second_factor(staff),
            **figures,
        ),
    )


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
