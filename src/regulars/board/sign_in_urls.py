"""Addresses of signing in. Their names are those by which the library finds them."""

from django.urls import path

from regulars.board.views import second_factor, signing

urlpatterns = [
    path("sign-in", signing.SignIn.as_view(), name="account_login"),
    path("sign-in/code", signing.SignInCode.as_view(), name="mfa_authenticate"),
    path("sign-in/again", signing.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("password", signing.ChangePassword.as_view(), name="account_change_password"),
    path("second-factor", second_factor.overview, name="mfa_index"),
    path("second-factor/on", second_factor.TurnOn.as_view(), name="mfa_activate_totp"),
    path("second-factor/qr.svg", second_factor.qr_code, name="second_factor_qr"),
    path("second-factor/off", second_factor.TurnOff.as_view(), name="mfa_deactivate_totp"),
    path(
        "second-factor/codes", second_factor.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"
    ),
    path(
        "second-factor/codes/new",
        second_factor.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
]
