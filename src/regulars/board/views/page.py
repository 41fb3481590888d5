"""What every page needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.board.templatetags.texts import reader_language
from regulars.company.models import Staff
from regulars.company.queries.access import NotAllowed, staff_who
from regulars.company.queries.company import the_company
from regulars.company.rights import Action
from regulars.kit.errors import Refusal


def page(**parts: Any) -> dict[str, Any]:
    """The context of a page: language, whose house it is, and its own parts."""
    return {
        "lang": reader_language(),
        "company": the_company(),
        **parts,
    }


def refused(request: HttpRequest, refusal: Refusal, *, status: int) -> HttpResponse:
    """The page that says what cannot be done and what to do next."""
    wrong, mend = refusal.sentences(reader_language())
    return render(request, "board/refused.html", page(wrong=wrong, mend=mend), status=status)


def for_whoever[**P](
    *, may: Action
) -> Callable[
    [Callable[Concatenate[HttpRequest, Staff, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """A view that is given the member of staff who asks; to others it says whose role may."""

    def guarded(
        view: Callable[Concatenate[HttpRequest, Staff, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                staff = staff_who(request.user, may=may)
            except NotAllowed as refusal:
                return refused(request, refusal, status=403)
            return view(request, staff, *args, **kwargs)

        return answer

    return guarded
