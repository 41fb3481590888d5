"""Customer: who is this, how do we stand, what next?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from regulars.board.views.page import for_whoever, page, refused
from regulars.book.queries.access import NoSuchCustomer, customer_for
from regulars.company.models import Staff
from regulars.company.rights import Action
from regulars.readings.queries.takings import standing_of


@never_cache
@for_whoever(may=Action.SEE_CUSTOMERS)
def customer(request: HttpRequest, staff: Staff, customer_id: str) -> HttpResponse:
    """One customer with everything known."""
    try:
        found = customer_for(staff, customer_id, to=Action.SEE_CUSTOMERS)
    except NoSuchCustomer as refusal:
        return refused(request, refusal, status=404)
    told = page(here="customers", customer=found, standing=standing_of(found.pk))
    return render(request, "board/customer.html", told)
