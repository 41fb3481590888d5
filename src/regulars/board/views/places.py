"""Settings: branches, departments, channels. One page each, all made alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from regulars.board.forms import BranchForm, ChannelForm, DepartmentForm, Form
from regulars.board.views.page import for_whoever, page, refused
from regulars.board.views.signing import status_of
from regulars.company.models import Branch, Channel, Department, Staff
from regulars.company.models.place import KIND_WORDS, Place
from regulars.company.queries import company as queries
from regulars.company.queries.access import NoSuchPlace, place_for
from regulars.company.rights import Action
from regulars.company.services import places as services
from regulars.company.services.company import UnknownTimeZone
from regulars.company.services.naming import NotAName
from regulars.company.services.places import CodeTaken, NotACode


@dataclass(frozen=True)
class Kind:
    """What is different about branches, departments and channels."""

    model: type[Place]
    form: type[Form]
    all: Callable[[], QuerySet[Any]]
    add: Callable[..., Place]


KINDS = {
    "branches": Kind(Branch, BranchForm, queries.branches, services.add_branch),
    "departments": Kind(Department, DepartmentForm, queries.departments, services.add_department),
    "channels": Kind(Channel, ChannelForm, queries.channels, services.add_channel),
}
# What is said when it is made and never again.
FOR_GOOD = ("code", "kind")


@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.MANAGE_SETTINGS)
def places(request: HttpRequest, staff: Staff, kind: str) -> HttpResponse:
    """All of a kind, and a form for one more."""
    chosen = _kind(kind)
    form = chosen.form(request.POST or None)
    if form.is_valid():
        try:
            chosen.add(**form.cleaned_data, by=staff)
            return redirect("board:places", kind)
        except (NotACode, CodeTaken) as refusal:
            form.refuse(refusal, "code")
        except NotAName as refusal:
            form.refuse(refusal, "name")
        except UnknownTimeZone as refusal:
            form.refuse(refusal, "time_zone")
    rows = list(chosen.all())
    told = page(
        form=form,
        here=kind,
        rows=rows,
        n_open=sum(row.closed_at is None for row in rows),
        words=KIND_WORDS,
    )
    return render(request, "board/places.html", told, status=status_of(form))


@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.MANAGE_SETTINGS)
def place(request: HttpRequest, staff: Staff, kind: str, code: str) -> HttpResponse:
    """One of them: what it is called, and where it is."""
    chosen = _kind(kind)
    try:
        found = place_for(staff, chosen.model, code)
    except NoSuchPlace as refusal:
        return refused(request, refusal, status=404)
    changeable = [name for name in chosen.form.base_fields if name not in FOR_GOOD]
    initial = {name: getattr(found, name) for name in changeable}
    form = chosen.form(request.POST or None, initial=initial)
    for name in FOR_GOOD:
        form.fields.pop(name, None)
    if form.is_valid():
        try:
            services.change_place(found, by=staff, **form.cleaned_data)
            return redirect("board:places", kind)
        except NotAName as refusal:
            form.refuse(refusal, "name")
        except UnknownTimeZone as refusal:
            form.refuse(refusal, "time_zone")
    told = page(form=form, here=kind, place=found)
    return render(request, "board/place.html", told, status=status_of(form))


@require_POST
@for_whoever(may=Action.MANAGE_SETTINGS)
def close(request: HttpRequest, staff: Staff, kind: str, code: str) -> HttpResponse:
    """Close one of them."""
    return _done(request, staff, kind, code, services.close_place)


@require_POST
@for_whoever(may=Action.MANAGE_SETTINGS)
def reopen(request: HttpRequest, staff: Staff, kind: str, code: str) -> HttpResponse:
    """Open one of them again."""
    return _done(request, staff, kind, code, services.reopen_place)


def _done(
    request: HttpRequest, staff: Staff, kind: str, code: str, service: Callable[..., None]
) -> HttpResponse:
    try:
        service(place_for(staff, _kind(kind).model, code), by=staff)
    except NoSuchPlace as refusal:
        return refused(request, refusal, status=404)
    return redirect("board:places", kind)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]
