"""Where the link in a message leads: a button, and nothing is asked.

A mail program that has such a button itself sends the POST (RFC 8058), without a cookie. The link
is signed, and lets one do nothing else; so there is no token of a form to be checked.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.book.models.consent import MessagePurpose
from regulars.kit.texts import N_
from regulars.messages.services.unsubscribing import unsubscribe as withdraw
from regulars.messages.unsubscribing import who_unsubscribes
from regulars.portal.page import page

_ASKED = {
    MessagePurpose.NEWS: N_("Do you want no more news by mail?"),
    MessagePurpose.OFFERS: N_("Do you want no more offers by mail?"),
    MessagePurpose.SURVEYS: N_("Do you want no more surveys by mail?"),
    MessagePurpose.GREETINGS: N_("Do you want no more greetings by mail?"),
}
_DONE = {
    MessagePurpose.NEWS: N_("You get no more news by mail."),
    MessagePurpose.OFFERS: N_("You get no more offers by mail."),
    MessagePurpose.SURVEYS: N_("You get no more surveys by mail."),
    MessagePurpose.GREETINGS: N_("You get no more greetings by mail."),
}
_ALL_DONE = N_("You get no more mail, except on what you order or ask.")


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask by GET, and change nothing; withdraw the consent by POST, as often as it comes."""
    found = who_unsubscribes(token)
    if found is None:
        return render(request, "portal/no_such_link.html", page(), status=404)
    customer_id, purpose = found
    if request.method != "POST":
        return render(request, "portal/unsubscribe.html", page(asked=_ASKED[purpose]))
    is_all = request.POST.get("what") == "all"
    withdraw(customer_id, *(() if is_all else (purpose,)))
    done = _ALL_DONE if is_all else _DONE[purpose]
    return render(request, "portal/unsubscribed.html", page(done=done, is_all=is_all))
