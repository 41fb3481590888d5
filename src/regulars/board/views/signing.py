"""Signing in and out: the library's views in our pages."""

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from django.contrib.auth import views
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy

from regulars.board.forms import CodeForm, NewPasswordForm, PasswordAgainForm, SignInForm
from regulars.board.views.page import page
from regulars.company.services import audit


def status_of(form: BaseForm) -> int:
    """200 for a form that was not refused, 429 for one too many, else 422."""
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return 429 if "too_many_tries" in codes else 422 if codes else 200


class OurPage:
    """A view of the library on a page of ours."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page needs."""
        told: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return told | page()

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """With the status that tells machines what the words tell people."""
        form = context.get("form")
        status = status_of(form) if form is not None and form.is_bound else 200
        answer: HttpResponse = super().render_to_response(  # type: ignore[misc]
            context, status=status, **kwargs
        )
        return answer


class Noted:
    """A view of the library whose change is noted: both are kept, or neither."""

    noted_as = ""
    request: HttpRequest

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Note it in the transaction of the change."""
        who = self.request.user.pk
        with transaction.atomic():
            audit.record(self.noted_as, by=who, subject_id=who)
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class SignIn(OurPage, LoginView):
    """The page of the door."""

    form_class = SignInForm
    template_name = "board/sign_in.html"


class SignInCode(OurPage, AuthenticateView):
    """The second step, for whoever has turned on a second factor."""

    form_class = CodeForm
    template_name = "board/sign_in_code.html"


class PasswordAgain(OurPage, ReauthenticateView):
    """Asked before the way in is changed: the desk may have been left open."""

    form_class = PasswordAgainForm
    template_name = "board/password_again.html"


class ChangePassword(Noted, OurPage, PasswordChangeView):
    """A new password, for whoever knows the old one."""

    form_class = NewPasswordForm
    template_name = "board/change_password.html"
    noted_as = "staff.password_changed"
    success_url = reverse_lazy("mfa_index")


class SignOut(views.LogoutView):
    """Only by POST, so that no link signs anybody out."""

    next_page = "account_login"
