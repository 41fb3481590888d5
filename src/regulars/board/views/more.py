"""One's own things: language, light or dark, and the places that have no room in the bar."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from regulars.board.context import THEMES
from regulars.board.forms import LANGUAGE_NAMES
from regulars.board.templatetags.texts import reader_language
from regulars.board.views.page import for_whoever, page
from regulars.company.models import Staff
from regulars.company.rights import Action

_YEAR = 365 * 86_400


@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.SEE_HOUSE)
def more(request: HttpRequest, staff: Staff) -> HttpResponse:  # noqa: ARG001 - who asks is seen
    """Choose how pages look; kept by the browser, so that nothing flashes."""
    if request.method == "POST":
        answer = redirect("board:more")
        language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
        if language in LANGUAGE_NAMES:
            _keep(answer, settings.LANGUAGE_COOKIE_NAME, language)
        if theme in THEMES:
            _keep(answer, "theme", theme)
        else:
            answer.delete_cookie("theme")
        return answer
    told = page(here="more", languages=LANGUAGE_NAMES.items(), lang_code=reader_language())
    return render(request, "board/more.html", told)


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
