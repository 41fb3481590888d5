"""Settings: the keys by which programs reach the API."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from regulars.board.forms import KeyForm
from regulars.board.views.page import for_whoever, page, refused
from regulars.board.views.signing import status_of
from regulars.company.models import Staff
from regulars.company.queries import keys as queries
from regulars.company.queries.access import NoSuchKey, key_for
from regulars.company.queries.company import the_company
from regulars.company.rights import Action
from regulars.company.scopes import Scope
from regulars.company.services.keys import ExpiryIsPast, make_key, revoke_key
from regulars.company.services.naming import NotAName


@never_cache
@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.MANAGE_SETTINGS)
def keys(request: HttpRequest, staff: Staff) -> HttpResponse:
    """All keys, and a form for one more, which is shown once in answer to it."""
    form, token = KeyForm(request.POST or None), ""
    if form.is_valid():
        asked = form.cleaned_data
        try:
            _, token = make_key(
                name=asked["name"],
                scopes=[Scope(scope) for scope in asked["scopes"]],
                expires_at=_end_of(asked["expires_on"]),
                by=staff,
            )
            form = KeyForm()
        except NotAName as refusal:
            form.refuse(refusal, "name")
        except ExpiryIsPast as refusal:
            form.refuse(refusal, "expires_on")
    rows, now = list(queries.keys()), timezone.now()
    n_in_use = sum(
        row.revoked_at is None and (row.expires_at is None or row.expires_at > now) for row in rows
    )
    told = page(form=form, here="keys", rows=rows, n_in_use=n_in_use, token=token, now=now)
    return render(request, "board/keys.html", told, status=status_of(form))


@require_POST
@for_whoever(may=Action.MANAGE_SETTINGS)
def revoke(request: HttpRequest, staff: Staff, key_id: UUID) -> HttpResponse:
    """Make one void, for good."""
    try:
        revoke_key(key_for(staff, key_id), by=staff)
    except NoSuchKey as refusal:
        return refused(request, refusal, status=404)
    return redirect("board:keys")


def _end_of(last_day: date | None) -> datetime | None:
    """The instant at which a day ends where the company is."""
    if last_day is None:
        return None
    zone = ZoneInfo(the_company().time_zone)
    return datetime.combine(last_day + timedelta(days=1), time.min, zone)
