"""Forms of the board, with the attributes the look asks for."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from regulars.board.measures import MEASURES
from regulars.board.signing import as_form_error
from regulars.board.templatetags.texts import say
from regulars.company.models.place import KIND_WORDS, ChannelKind
from regulars.company.queries.people import staff
from regulars.company.rights import ROLE_WORDS, Role
from regulars.company.scopes import Scope
from regulars.company.services.tries import PER_CODE, TooManyTries, count_try, forget_tries
from regulars.kit.errors import Refusal
from regulars.kit.texts import LANGUAGES, N_
from regulars.readings.models import GoalMetric

LANGUAGE_NAMES = {"en": "English", "zh-hans": "中文", "sv": "Svenska"}


class Said(forms.BaseForm):
    """A form in the reader's language whose refused fields say so to screen readers too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = say(str(field.label))
            field.help_text = say(str(field.help_text)) if field.help_text else ""
            field.widget.attrs.pop("placeholder", None)
            if not isinstance(field.widget, forms.CheckboxSelectMultiple):
                field.widget.attrs["class"] = "field__input"

    def refuse(self, refusal: Refusal, field: str | None = None) -> None:
        """Say a refusal where it can be mended."""
        self.add_error(field, as_form_error(refusal))


class Form(Said, forms.Form):
    """A form of ours."""


class SignInForm(Said, LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = say(N_("E-mail"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].label = say(N_("Password"))


class PasswordAgainForm(Said, ReauthenticateForm):
    """The password of whoever is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = say(N_("Password"))


class NewPasswordForm(Said, ChangePasswordForm):
    """The old password and, twice, the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = say(N_("Your password now"))
        self.fields["password1"].label = say(N_("New password"))
        self.fields["password1"].help_text = say(
            N_("At least 12 letters, and none that many others use.")
        )
        self.fields["password2"].label = say(N_("New password again"))

    def clean_oldpassword(self) -> str:
        """Counted as any try to sign in is."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password


class CodeForm(Said, AuthenticateForm):
    """A code of the second factor, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = say(N_("Code"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        """Counted before it is looked at, as every try is."""
        whose = str(self.user.pk)
        try:
            count_try(PER_CODE, whose)
        except TooManyTries as refusal:
            raise as_form_error(refusal) from None
        code: str = super().clean_code()
        forget_tries(PER_CODE, whose)
        return code


class FirstCodeForm(Said, ActivateTOTPForm):
    """The first code, which shows that the app has taken the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = say(N_("Code that the app shows now"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class Welcome(Form):
    """How somebody new wants to be called and will sign in."""

    name = forms.CharField(
        label=N_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=N_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"})
    )
    password = forms.CharField(
        label=N_("Password"),
        help_text=N_("At least 12 letters, and none that many others use."),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


class CompanyForm(Form):
    """What the company says of itself."""

    name = forms.CharField(
        label=N_("Name of the company"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    time_zone = forms.CharField(
        label=N_("Time zone"),
        help_text=N_("Where your days begin and end, such as Europe/Stockholm."),
        max_length=60,
    )
    currency = forms.CharField(
        label=N_("Currency"),
        help_text=N_("Its three letters, such as SEK, CNY or EUR."),
        max_length=3,
    )
    languages = forms.MultipleChoiceField(
        label=N_("Languages you offer your customers"),
        choices=[(lang, LANGUAGE_NAMES[lang]) for lang in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )
    first_language = forms.ChoiceField(
        label=N_("First language"),
        help_text=N_("For whoever has not said which they prefer."),
        choices=[(lang, LANGUAGE_NAMES[lang]) for lang in LANGUAGES],
    )


class DepartmentForm(Form):
    """A department."""

    code = forms.CharField(
        label=N_("Code"),
        help_text=N_("Short and for good, such as old-town. Files and programs use it."),
        max_length=20,
    )
    name = forms.CharField(label=N_("Name"), max_length=120)


class BranchForm(DepartmentForm):
    """A branch."""

    time_zone = forms.CharField(
        label=N_("Time zone"),
        help_text=N_("If another than the company's."),
        max_length=60,
        required=False,
    )


class ChannelForm(DepartmentForm):
    """A channel."""

    kind = forms.ChoiceField(label=N_("Kind"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, say(KIND_WORDS[kind])) for kind in ChannelKind
        ]


class RoleForm(Form):
    """What somebody is here."""

    role = forms.ChoiceField(label=N_("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, say(ROLE_WORDS[role])) for role in Role
        ]


# Days that any calendar here reaches, and whose end does too.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)


class DayField(forms.DateField):
    """A day, if one likes."""

    def __init__(self, **how: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.DateInput({"type": "date", "min": FIRST_DAY, "max": LAST_DAY}),
            **how,
        )

    def validate(self, value: Any) -> None:
        """Refuse what is out of any calendar's reach."""
        super().validate(value)
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise forms.ValidationError(
                say(N_("Give a day from {first} to {last}."), first=FIRST_DAY, last=LAST_DAY),
                code="day_out_of_reach",
            )


class KeyForm(Form):
    """A program's key."""

    name = forms.CharField(
        label=N_("What it is for"), help_text=N_("Such as: web shop."), max_length=120
    )
    scopes = forms.MultipleChoiceField(
        label=N_("What it may do"),
        choices=[(scope.value, scope.value) for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = DayField(label=N_("Last day"), help_text=N_("Empty: until it is revoked."))


class AuditForm(Form):
    """Which entries of the audit log."""

    who = forms.TypedChoiceField(label=N_("Who"), required=False, coerce=UUID, empty_value=None)
    action = forms.RegexField(
        r"^[a-z]+(\.[a-z_]+)?$",
        label=N_("What"),
        help_text=N_("Such as customer, or customer.read."),
        max_length=60,
        required=False,
    )
    since = DayField(label=N_("First day"))
    until = DayField(label=N_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), person.name) for person in staff()]
        self.fields["who"].choices = [("", say(N_("Anybody"))), *people]  # type: ignore[attr-defined]


class GoalForm(Form):
    """What the company wants to reach, until when, and who sees to it."""

    metric = forms.ChoiceField(label=N_("What"))
    target_percent = forms.DecimalField(
        label=N_("Share to reach, in percent"), min_value=Decimal("0.1"), max_value=100
    )
    due_on = forms.DateField(label=N_("Until"), widget=forms.DateInput({"type": "date"}))
    owner = forms.ChoiceField(label=N_("Who sees to it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = [  # type: ignore[attr-defined]
            (metric.value, say(MEASURES[metric].name)) for metric in GoalMetric
        ]
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            (str(person.pk), person.name) for person in staff()
        ]


class RegularRuleForm(Form):
    """What a regular is."""

    days = forms.IntegerField(
        label=N_("Days with a purchase, at least"), min_value=1, max_value=3650
    )
    window_days = forms.IntegerField(label=N_("within so many days"), min_value=1, max_value=3650)
    base_days = forms.IntegerField(
        label=N_("The share is of those who bought within so many days"),
        min_value=1,
        max_value=3650,
    )
    horizon_days = forms.IntegerField(
        label=N_("The odds look ahead so many days"), min_value=1, max_value=3650
    )
