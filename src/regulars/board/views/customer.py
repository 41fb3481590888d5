"""Customer: who is this, how do we stand, what next?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from regulars.board.customer.page import customer_page
from regulars.board.customer.story import AT_MOST, SHOWN
from regulars.board.views.page import for_whoever, page, refused
from regulars.book.queries.access import NoSuchCustomer, customer_for
from regulars.company.models import Staff
from regulars.company.rights import Action


@never_cache
@for_whoever(may=Action.SEE_CUSTOMERS)
def customer(request: HttpRequest, staff: Staff, customer_id: str) -> HttpResponse:
    """One customer with everything known."""
    try:
        found = customer_for(staff, customer_id, to=Action.SEE_CUSTOMERS)
    except NoSuchCustomer as refusal:
        return refused(request, refusal, status=404)
    at_most = AT_MOST if "all" in request.GET else SHOWN
    shown = customer_page(found, chosen=request.GET.get("story", ""), at_most=at_most)
    return render(request, "board/customer.html", page(here="customers", shown=shown))
