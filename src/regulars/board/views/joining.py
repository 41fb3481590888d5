"""Somebody new joins by their link."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from regulars.board.forms import Welcome
from regulars.board.views.page import page, refused
from regulars.company.services.naming import NotAName
from regulars.company.services.staff import (
    EmailTaken,
    InvitationSpent,
    accept_invitation,
    open_invitation,
)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Give a name, an e-mail and a password; what was refused comes back filled."""
    form = Welcome(request.POST or None)
    try:
        open_invitation(token)
        if form.is_valid():
            joined = accept_invitation(token, **form.cleaned_data)
            login(request, joined)
            return redirect("board:home")
    except InvitationSpent as refusal:
        return refused(request, refusal, status=410)
    except NotAName as refusal:
        form.refuse(refusal, "name")
    except EmailTaken as refusal:
        form.refuse(refusal, "email")
    except ValidationError as weak:
        form.add_error("password", weak)
    return render(
        request, "board/welcome.html", page(form=form), status=422 if form.errors else 200
    )
