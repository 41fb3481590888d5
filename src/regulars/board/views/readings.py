"""What was measured: the whole report, and the proof of each figure."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.board.measures import MEASURES, Shown, shown_reading
from regulars.board.templatetags.texts import reader_language
from regulars.board.views.page import for_whoever, page, refused
from regulars.company.models import Staff
from regulars.company.rights import Action
from regulars.kit.errors import Refusal
from regulars.kit.ids import from_readable
from regulars.kit.texts import N_
from regulars.readings.models import Reading
from regulars.readings.queries.takings import (
    history_of,
    last_taking,
    page_parts,
    reading_called,
)

PREFIX = "red"


class NoSuchReading(Refusal):
    """Nothing was measured under this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_reading",
            N_("There is no such reading."),
            N_("Press a figure on the board: it leads to its reading."),
        )


@for_whoever(may=Action.SEE_FIGURES)
def report(request: HttpRequest, staff: Staff) -> HttpResponse:  # noqa: ARG001 - who asks is seen
    """Everything that was measured last, as the report on files shows it."""
    taking = last_taking()
    parts = page_parts(taking, reader_language()) if taking else {}
    lead, more = parts.pop("lead", None), parts.pop("lead_more", None)
    told = page(here="report", taking=taking, lead=lead, lead_more=more, parts=parts.values())
    return render(request, "board/report.html", told)


@for_whoever(may=Action.SEE_FIGURES)
def reading(request: HttpRequest, staff: Staff, reading_id: str) -> HttpResponse:  # noqa: ARG001
    """One figure: what it means, its range, how it was taken, and how it went before."""
    wanted = from_readable(PREFIX, reading_id)
    found = reading_called(wanted) if wanted else None
    if found is None or found.measure not in MEASURES:
        return refused(request, NoSuchReading(), status=404)
    before = [_shown(each) for each in history_of(found.measure)]
    told = page(here="report", shown=_shown(found), before=before)
    return render(request, "board/reading.html", told)


def _shown(reading: Reading) -> Shown:
    return shown_reading(reading, reader_language())
