"""Addresses of the API, and of the pages about it."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path

from regulars.api.door import api
from regulars.api.reference import problems, reference

_PATTERNS, _APP, _NAMESPACE = api.urls
for _pattern in _PATTERNS:
    if isinstance(_pattern, URLPattern):
        login_not_required(_pattern.callback)  # a key opens it, no session
urlpatterns = [
    path("api/v1/", (_PATTERNS, _APP, _NAMESPACE)),
    path("api/docs", reference, name="api_reference"),
    path("api/problems", problems, name="api_problems"),
]
