"""Today: the day's list, shared by the team and worked off one by one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from regulars.analysis.turns import DaysList, days_list
from regulars.board.templatetags.texts import reader_language
from regulars.board.turns import TurnShown, shown
from regulars.board.views.page import for_whoever, page, refused
from regulars.book.zone import today as day_of_the_company
from regulars.company.models import Staff
from regulars.company.queries.company import the_company
from regulars.company.rights import Action
from regulars.intake.money import exponent_of
from regulars.kit.numbers import Numbers
from regulars.readings.services.turns import NoSuchTurn, mark_done, put_back


@never_cache
@for_whoever(may=Action.SEE_CUSTOMERS)
def today(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The whole list; what was just done can be undone."""
    found = days_list(staff)
    told = page(
        here="board",
        turns=turns_shown(found),
        n_done=found.n_done,
        undo=request.GET.get("done", ""),
    )
    part = "#list" if getattr(request, "htmx", False) else ""
    return render(request, f"board/today.html{part}", told)


@require_POST
@for_whoever(may=Action.SEE_CUSTOMERS)
def done(request: HttpRequest, staff: Staff) -> HttpResponse:
    """One thing is done, or was not."""
    key = request.POST.get("key", "")
    try:
        if "undo" in request.POST:
            put_back(key, on=day_of_the_company(), by=staff)
            return redirect("board:today")
        mark_done(key, on=day_of_the_company(), by=staff)
    except NoSuchTurn as refusal:
        return refused(request, refusal, status=404)
    answer = redirect("board:today")
    answer["Location"] += f"?done={key}"
    return answer


def turns_shown(found: DaysList) -> list[TurnShown]:
    """The list in the reader's words."""
    company, lang = the_company(), reader_language()
    numbers = Numbers(lang, company.currency, exponent_of(company.currency))
    return shown(found.turns, lang=lang, zone=company.zone, numbers=numbers)
