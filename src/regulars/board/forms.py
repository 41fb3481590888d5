"""Forms of the board, with the attributes the look asks for."""

from typing import Any

from django import forms

from regulars.board.templatetags.texts import say
from regulars.kit.texts import N_


class Form(forms.Form):
    """A form whose refused fields say so to everybody, screen readers included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = say(str(field.label))
            field.help_text = say(str(field.help_text)) if field.help_text else ""
            field.widget.attrs["class"] = "field__input"
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_helptext"


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
