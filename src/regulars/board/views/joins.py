"""Joins: are these two the same person?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from regulars.board.templatetags.texts import reader_language
from regulars.board.views.page import for_whoever, page, refused
from regulars.board.wording import IDENTITY_WORDS
from regulars.book.models import Customer
from regulars.book.queries.access import PREFIX as CUSTOMER
from regulars.book.queries.suggestions import (
    PREFIX,
    NoSuchSuggestion,
    Suggested,
    conflicts_to_decide,
    joins_to_decide,
    n_conflicts_to_decide,
    n_joins_to_decide,
    suggestion_for,
)
from regulars.book.services.suggesting import AlreadyDecided, accept_suggestion, decline_suggestion
from regulars.company.models import Staff
from regulars.company.rights import Action
from regulars.kit.errors import Refusal
from regulars.kit.ids import readable
from regulars.kit.texts import say

SHOWN = 20
MEASURABLE = 1.0  # doublings of the odds from which a field is worth a line


@never_cache
@for_whoever(may=Action.CHANGE_CUSTOMERS)
def joins(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Probable joins, and whom a source takes for one, each with its evidence."""
    told = page(
        here="customers",
        pairs=[_pair(each) for each in joins_to_decide(staff, at_most=SHOWN)],
        conflicts=[_pair(each) for each in conflicts_to_decide(staff, at_most=SHOWN)],
        n_pairs=n_joins_to_decide(),
        n_conflicts=n_conflicts_to_decide(),
    )
    return render(request, "board/joins.html", told)


@require_POST
@for_whoever(may=Action.CHANGE_CUSTOMERS)
def decide(request: HttpRequest, staff: Staff, suggestion_id: str) -> HttpResponse:
    """They are one, or they are not; somebody who was faster is told."""
    try:
        found = suggestion_for(staff, suggestion_id, to=Action.CHANGE_CUSTOMERS)
        if "same" in request.POST:
            kept = accept_suggestion(found, by=staff.pk)
            return redirect("board:customer", readable(CUSTOMER, kept.pk))
        decline_suggestion(found, by=staff.pk)
    except NoSuchSuggestion as refusal:
        return refused(request, refusal, status=404)
    except AlreadyDecided as refusal:
        return refused(request, refusal, status=409)
    except Refusal as refusal:
        return refused(request, refusal, status=422)
    return redirect("board:joins")


def _pair(one: Suggested) -> dict[str, object]:
    lang = reader_language()
    return {
        "id": readable(PREFIX, one.suggestion.pk),
        "share": one.suggestion.probability,
        "records": [_record(one.first, lang), _record(one.second, lang)],
        "for_it": [say(each.said, lang) for each in one.evidence if each.doublings >= MEASURABLE],
        "against": [say(each.said, lang) for each in one.evidence if each.doublings <= -MEASURABLE],
    }


def _record(record: Customer, lang: str) -> dict[str, object]:
    known = [
        (say(IDENTITY_WORDS[each.kind], lang, source=each.source), each.value)
        for each in record.identities.all()
    ]
    return {"id": readable(CUSTOMER, record.pk), "name": record.name, "known_by": known}
