"""The style sheet."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

from regulars.portal.look import style


@login_not_required
@cache_control(public=True, max_age=31_536_000, immutable=True)
def look(_request: HttpRequest, mark: str) -> HttpResponse:  # noqa: ARG001 - part of the address
    """The sheet, under an address that changes with it."""
    return HttpResponse(style(), content_type="text/css; charset=utf-8")
