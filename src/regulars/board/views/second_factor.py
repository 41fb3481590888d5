"""The second factor of whoever is signed in: on, off, and recovery codes."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from regulars.board.forms import FirstCodeForm
from regulars.board.signing import has_second_factor
from regulars.board.views.page import page
from regulars.board.views.signing import Noted, OurPage


@never_cache
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Whether it is on, and how many recovery codes are left."""
    held = Authenticator.objects.filter(
        user=request.user.pk, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    return render(
        request,
        "board/second_factor.html",
        page(
            here="me",
            is_on=has_second_factor(request.user),
            n_codes=len(held.wrap().get_unused_codes()) if held else 0,
        ),
    )


@never_cache
@login_required
def qr_code(request: HttpRequest) -> HttpResponse:
    """What the app's camera reads: the secret that is about to be turned on."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if secret is None:
        raise Http404
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(drawn, content_type="image/svg+xml")


class TurnOn(Noted, OurPage, ActivateTOTPView):
    """Take the secret into an app, and show that it is there."""

    form_class = FirstCodeForm
    template_name = "board/second_factor_on.html"
    noted_as = "staff.second_factor_on"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The secret in groups of four, as one types it."""
        told = super().get_context_data(**kwargs)
        secret = told["form"].secret
        groups = (secret[at : at + 4] for at in range(0, len(secret), 4))
        return told | {"secret": " ".join(groups)}


class TurnOff(Noted, OurPage, DeactivateTOTPView):
    """Back to the password alone."""

    template_name = "board/second_factor_off.html"
    noted_as = "staff.second_factor_off"


class RecoveryCodes(OurPage, ViewRecoveryCodesView):
    """The codes, shown once."""

    template_name = "board/recovery_codes.html"


class NewRecoveryCodes(Noted, OurPage, GenerateRecoveryCodesView):
    """New codes in place of the old."""

    template_name = "board/new_recovery_codes.html"
    noted_as = "staff.recovery_codes_made"
