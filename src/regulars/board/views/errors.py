"""What is said where an address leads nowhere, a form is stale, or we have failed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from regulars.board.look import mark, symbols
from regulars.board.templatetags.texts import reader_language
from regulars.kit.texts import N_, say


def bad_request(_request: HttpRequest, exception: Any) -> HttpResponse:  # noqa: ARG001 - Django's
    """What was sent cannot be read."""
    return _said(400, N_("This request cannot be read."), N_("Go back and try again."))


def stale_form(_request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's
    """A form that was open while somebody signed in or out, or that another page sent."""
    return _said(
        403,
        N_("This form is too old, or comes from elsewhere. Nothing was changed."),
        N_("Go back, load the page again, and send it once more."),
    )


def no_such_page(_request: HttpRequest, exception: Any) -> HttpResponse:  # noqa: ARG001 - Django's
    """Nothing has this address."""
    return _said(404, N_("There is nothing at this address."), N_("See whether it is whole."))


def our_fault(_request: HttpRequest) -> HttpResponse:
    """We have failed; the database may be away, so nothing is asked of it."""
    return _said(
        500,
        N_("Something went wrong here. What you sent may not be stored."),
        N_("Try again in a minute. If it stays so, run regulars doctor, and see what up says."),
    )


def _said(status: int, wrong: str, mend: str) -> HttpResponse:
    lang = reader_language()
    told = {
        "lang": lang,
        "look_mark": mark(),
        "symbols": symbols(),
        "wrong": say(wrong, lang),
        "mend": say(mend, lang),
    }
    return HttpResponse(render_to_string("board/refused.html", told), status=status)
