"""Who may open the pages for rare tables."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from regulars.company.models import Staff


class RareTables(AdminSite):
    """Owners only; to everybody else there is nothing here."""

    site_header = site_title = index_title = "Regulars"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody is an owner."""
        if isinstance(request.user, Staff) and request.user.is_staff:
            return True
        raise Http404

    def login(self, _request: HttpRequest, _extra_context: Any = None) -> HttpResponse:
        """There is one door to this house, and it is not here."""
        raise Http404

    def logout(self, request: HttpRequest, _extra_context: Any = None) -> Any:
        """Out by the door of the house."""
        return LogoutView.as_view(next_page="account_login")(request)

    def password_change(self, _request: HttpRequest, _extra_context: Any = None) -> Any:
        """As everybody else does."""
        return redirect("account_change_password")
