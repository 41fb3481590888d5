"""Pages for those who write programs: the reference, and what each problem means."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from regulars.api.codes import CODES


@dataclass(frozen=True)
class Explained:
    """One code."""

    code: str
    status: int
    meaning: str


@login_not_required
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation, to be read and tried; what it needs is served from here."""
    description = reverse("api:openapi-json")
    return render(request, "api/reference.html", {"description": description})


@login_not_required
@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Every code that an answer can name."""
    told = [Explained(code, status, meaning) for code, (status, meaning) in CODES.items()]
    return render(request, "api/problems.html", {"problems": told})
