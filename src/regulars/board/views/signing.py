"""Signing in and out."""

from typing import Any

from django import forms
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest

from regulars.board.templatetags.texts import say
from regulars.board.views.page import page
from regulars.kit.texts import N_


class SignInForm(AuthenticationForm):
    """E-mail and password. What was wrong is not said more closely, so that nobody can search."""

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.error_messages = {
            "invalid_login": say(N_("E-mail and password do not belong together. Try again.")),
            "inactive": say(N_("This account is closed.")),
        }
        self.fields["username"] = forms.EmailField(
            label=say(N_("E-mail")),
            widget=forms.EmailInput({"autocomplete": "username", "class": "field__input"}),
        )
        self.fields["password"].label = say(N_("Password"))
        self.fields["password"].widget.attrs["class"] = "field__input"


class SignIn(views.LoginView):
    """The page of the door."""

    form_class = SignInForm
    template_name = "board/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page needs."""
        return super().get_context_data(**kwargs) | page()


class SignOut(views.LogoutView):
    """Only by POST, so that no link signs anybody out."""

    next_page = "board:sign_in"
