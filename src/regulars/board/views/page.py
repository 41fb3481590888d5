"""What every page needs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.board.look import mark
from regulars.board.templatetags.texts import reader_language
from regulars.kit.errors import Refusal


def page(**parts: Any) -> dict[str, Any]:
    """The context of a page: language, style sheet, and its own parts."""
    return {"lang": reader_language(), "look_mark": mark(), **parts}


def refused(request: HttpRequest, refusal: Refusal, *, status: int) -> HttpResponse:
    """The page that says what cannot be done and what to do next."""
    wrong, mend = refusal.sentences(reader_language())
    return render(request, "board/refused.html", page(wrong=wrong, mend=mend), status=status)
