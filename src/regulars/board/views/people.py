"""Settings: who works here, in which role, and who may join."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from regulars.board.forms import RoleForm
from regulars.board.views.page import for_whoever, page, refused
from regulars.board.views.signing import status_of
from regulars.company.models import Staff
from regulars.company.queries import people as queries
from regulars.company.queries.access import NoSuchPerson, person_for
from regulars.company.rights import ROLE_WORDS, Action, Role
from regulars.company.services import staff as services
from regulars.company.services.staff import LastOwner


@never_cache
@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.MANAGE_STAFF)
def people(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Everybody, and a form that makes a link for one more, which is shown once."""
    form, link = RoleForm(request.POST or None, initial={"role": Role.AGENT}), ""
    if form.is_valid():
        token = services.invite(Role(form.cleaned_data["role"]), by=staff)
        link = settings.ORIGIN + reverse("board:welcome", args=[token])
    rows = list(queries.people())
    told = page(
        form=form,
        here="people",
        rows=rows,
        n_here=sum(row.is_active for row in rows),
        invitations=list(queries.open_invitations()),
        link=link,
        words=ROLE_WORDS,
    )
    return render(request, "board/people.html", told, status=status_of(form))


@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.MANAGE_STAFF)
def person(request: HttpRequest, staff: Staff, person_id: UUID) -> HttpResponse:
    """One of them: their role, and whether they work here."""
    try:
        found = person_for(staff, person_id)
    except NoSuchPerson as refusal:
        return refused(request, refusal, status=404)
    form = RoleForm(request.POST or None, initial={"role": found.role})
    if form.is_valid():
        try:
            services.change_role(found, Role(form.cleaned_data["role"]), by=staff)
            return redirect("board:people")
        except LastOwner as refusal:
            form.refuse(refusal, "role")
    told = page(form=form, here="people", person=found, words=ROLE_WORDS)
    return render(request, "board/person.html", told, status=status_of(form))


@require_POST
@for_whoever(may=Action.MANAGE_STAFF)
def leave(request: HttpRequest, staff: Staff, person_id: UUID) -> HttpResponse:
    """Somebody works here no more."""
    return _done(request, staff, person_id, services.let_leave)


@require_POST
@for_whoever(may=Action.MANAGE_STAFF)
def come_back(request: HttpRequest, staff: Staff, person_id: UUID) -> HttpResponse:
    """Somebody works here again."""
    return _done(request, staff, person_id, services.let_come_back)


def _done(
    request: HttpRequest, staff: Staff, person_id: UUID, service: Callable[..., None]
) -> HttpResponse:
    try:
        service(person_for(staff, person_id), by=staff)
    except NoSuchPerson as refusal:
        return refused(request, refusal, status=404)
    except LastOwner as refusal:
        return refused(request, refusal, status=409)
    return redirect("board:people")
