"""Promises: which word will we break unless we act?"""

from datetime import datetime
from enum import StrEnum

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from regulars.board.templatetags.texts import reader_language
from regulars.board.views.page import for_whoever, page, refused
from regulars.board.wording import PROMISE_WORDS
from regulars.book.models import Promise
from regulars.book.queries.access import PREFIX, PROMISE_PREFIX, NoSuchPromise, promise_for
from regulars.book.queries.promises import listed_promises, promise_counts
from regulars.book.services.promises import keep_promise
from regulars.company.models import Staff
from regulars.company.queries.company import the_company
from regulars.company.rights import Action
from regulars.kit.errors import Refusal
from regulars.kit.ids import new_id, readable
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say

ON_A_PAGE = 50
SOURCE = "board"


class View(StrEnum):
    """What of all promises is shown."""

    BREAKING = "breaking"
    BROKEN = "broken"
    OPEN = "open"
    KEPT = "kept"


VIEW_WORDS = {
    View.BREAKING: N_("Soon due"),
    View.BROKEN: N_("Broken, still to keep"),
    View.OPEN: N_("Open"),
    View.KEPT: N_("Kept"),
}


@never_cache
@for_whoever(may=Action.SEE_CUSTOMERS)
def promises(request: HttpRequest, staff: Staff) -> HttpResponse:
    """A page of them: what breaks first on top."""
    now = timezone.now()
    counts = promise_counts(now)
    asked = request.GET.get("state", "")
    chosen = View(asked) if asked in list(View) else _where_to_begin(counts)
    pages = Paginator(listed_promises(staff, chosen, now=now), ON_A_PAGE)
    pages.count = counts[chosen]
    shown = pages.get_page(request.GET.get("page"))
    told = page(
        here="promises",
        chosen=chosen,
        views=[
            (view.value, say(VIEW_WORDS[view], reader_language()), counts[view]) for view in View
        ],
        counts=counts,
        shown=shown,
        rows=[_row(each, now) for each in shown.object_list],
    )
    return render(request, "board/promises.html", told)


@require_POST
@for_whoever(may=Action.MAKE_PROMISES)
def keep(request: HttpRequest, staff: Staff, promise_id: str) -> HttpResponse:
    """Note that a promise was kept, now."""
    try:
        found = promise_for(staff, promise_id, to=Action.MAKE_PROMISES)
        keep_promise(found, source=SOURCE, source_key=str(new_id()), by=staff.pk)
    except NoSuchPromise as refusal:
        return refused(request, refusal, status=404)
    except Refusal as refusal:
        return refused(request, refusal, status=409)
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else "board:promises")


def _where_to_begin(counts: dict[str, int]) -> View:
    """Where something presses."""
    return next((view for view in (View.BREAKING, View.BROKEN) if counts[view]), View.OPEN)


def _row(promise: Promise, now: datetime) -> dict[str, object]:
    lang, zone = reader_language(), the_company().zone
    customer = promise.customer.whole
    state = "ok"
    if promise.kept_at is not None:
        state = "met" if promise.broken_at is None else "broken"
    elif promise.due_at <= now:
        state = "broken"
    elif promise.warn_at <= now:
        state = "soon"
    return {
        "id": readable(PROMISE_PREFIX, promise.pk),
        "customer_id": readable(PREFIX, customer.pk),
        "name": customer.name,
        "what": say(PROMISE_WORDS[promise.kind], lang),
        "due": Numbers(lang).moment(promise.due_at.astimezone(zone)),
        "state": state,
        "who": promise.staff.name if promise.staff else "",
        "is_open": promise.is_open,
        "n_moves": promise.n_moves,
    }
