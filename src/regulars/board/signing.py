"""How the sign-in library works in this house: limits, words, and the audit log."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from regulars.board.templatetags.texts import reader_language, say
from regulars.company.services import audit
from regulars.company.services.tries import (
    PER_ACCOUNT,
    PER_ACCOUNT_AND_ADDRESS,
    PER_ADDRESS,
    TooManyTries,
    count_try,
    forget_tries,
    is_remembered,
    network_of,
    remember,
    take_back_try,
)
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

# The same words whether the account exists or not, so that nobody can search for accounts.
MISMATCH = N_("E-mail and password do not belong together. Try again.")
WRONG_CODE = N_("This code is not right, or was used before. Wait for the next one.")


def has_second_factor(staff: Any) -> bool:
    """Whether a code is asked of somebody; recovery codes alone ask for none."""
    return bool(is_mfa_enabled(staff, [Authenticator.Type.TOTP]))


def as_form_error(refusal: Refusal) -> ValidationError:
    """A refusal as a form says it."""
    return ValidationError(" ".join(refusal.sentences(reader_language())), code=refusal.code)


class SignInAdapter(DefaultAccountAdapter):
    """By e-mail and password; tries are limited by address and account, and by each alone."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Whoever these belong to. Each try is counted before it is made."""
        email = credentials.get("email", "").strip()
        address = network_of(self.get_client_ip(request))
        is_at_home = is_remembered(email, address)
        try:
            count_try(PER_ADDRESS, address)
            count_try(PER_ACCOUNT_AND_ADDRESS, f"{email} {address}")
            if not is_at_home:
                count_try(PER_ACCOUNT, email)
        except TooManyTries as refusal:
            raise as_form_error(refusal) from None
        found = super().authenticate(request, **credentials)
        if found is not None and not found.is_active:
            raise ValidationError(say(N_("This account is closed.")), code="inactive")
        if found is not None:
            # Of the address only this one: else an account of one's own would buy new tries.
            take_back_try(PER_ADDRESS, address)
            forget_tries(PER_ACCOUNT_AND_ADDRESS, f"{email} {address}")
            if not is_at_home:
                take_back_try(PER_ACCOUNT, email)
            remember(email, address)
        return found

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The library's own limit is not asked: it is counted for each worker apart."""

    def get_reauthentication_methods(self, _user: Any) -> list[dict[str, Any]]:
        """By password: whoever is signed in has shown the second factor already."""
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}]

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether this is the password of somebody who is signed in."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and note it."""
        super().login(request, user)
        audit.record("staff.signed_in", by=user.pk, subject_id=user.pk)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """The library's refusals in our words."""
        if code in {"email_password_mismatch", "invalid_login"}:
            return ValidationError(say(MISMATCH), code=code)
        if code == "incorrect_password":
            return ValidationError(say(N_("This is not your password. Try again.")), code=code)
        refused: ValidationError = super().validation_error(code, *args)
        return refused

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Pages say themselves what happened."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor in our words."""

    def build_totp_svg(self, url: str) -> str:
        """The picture of the secret, black on white in the dark too: so cameras read it."""
        import qrcode
        from qrcode.image.svg import SvgPathFillImage

        drawn: str = qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")
        return drawn

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """The library's refusals in our words."""
        if code == "incorrect_code":
            return ValidationError(say(WRONG_CODE), code=code)
        refused: ValidationError = super().validation_error(code, *args)
        return refused
