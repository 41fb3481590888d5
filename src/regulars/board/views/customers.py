"""Customers: where is this person?"""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from regulars.board.views.page import for_whoever, page
from regulars.book.queries.access import PREFIX
from regulars.book.queries.customers import n_customers
from regulars.book.queries.search import Found, find_customers
from regulars.company.models import Staff
from regulars.company.rights import Action
from regulars.kit.ids import readable

SHOWN, IN_PALETTE = 50, 8


@never_cache
@for_whoever(may=Action.SEE_CUSTOMERS)
def customers(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Who fits what was typed; of a single one who fits wholly the page itself."""
    typed = request.GET.get("q", "").strip()[:200]
    found = find_customers(staff, typed, at_most=SHOWN) if typed else []
    told = page(here="customers", typed=typed, found=_rows(found), n_customers=n_customers())
    if getattr(request, "htmx", False):
        return render(request, "board/customers.html#found", told)
    return render(request, "board/customers.html", told)


@never_cache
@for_whoever(may=Action.SEE_CUSTOMERS)
def find(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The palette's list, as one types; without script the field leads to the page."""
    typed = request.GET.get("q", "").strip()[:200]
    if not getattr(request, "htmx", False):
        return redirect(f"{request.path.replace('/find', '/customers')}?{request.GET.urlencode()}")
    found = find_customers(staff, typed, at_most=IN_PALETTE) if typed else []
    told = page(typed=typed, found=_rows(found))
    return render(request, "board/palette_found.html", told)


def _rows(found: Sequence[Found]) -> list[dict[str, object]]:
    return [
        {
            "id": readable(PREFIX, each.customer.pk),
            "name": each.customer.name,
            "by": each.by,
            "value": each.value,
        }
        for each in found
    ]
