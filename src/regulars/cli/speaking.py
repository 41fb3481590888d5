"""The command's own help and its complaints about how it was called, in the reader's language.

Typer writes both in English, the help from parts: so the help is put together here, from the same
parameters, and each complaint is known by its form.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import typer
from typer.core import TyperCommand, TyperGroup

from regulars.cli.options import language_among
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_, say

_LANG = "regulars.lang"  # where a context keeps the reader's language
N_("Show this message and exit.")  # Typer's own words for --help
# Chinese signs are twice as wide as the letters that a line is measured in.
_NARROW = 52
_COMPLAINTS = (
    (
        r"No such option: (?P<option>\S+) \(Possible options: (?P<near>.+)\)",
        N_("There is no option {option}. Near to it: {near}."),
    ),
    (r"No such option: (?P<option>\S+)", N_("There is no option {option}.")),
    (
        r"No such command '(?P<name>.+)'\. Did you mean (?P<near>.+)\?",
        N_("There is no command {name}. Near to it: {near}."),
    ),
    (r"No such command '(?P<name>.+)'\.", N_("There is no command {name}.")),
    (r"Missing \w+ '(?P<what>.+)'\.", N_("{what} is missing.")),
    (
        r"Got unexpected extra argument\(s\) \((?P<what>.+)\)",
        N_("Nothing is expected here beside options, but there is: {what}"),
    ),
    (r"Option '(?P<option>.+)' requires an argument\.", N_("{option} needs a value.")),
    (r"Option '(?P<option>.+)' does not take a value\.", N_("{option} takes no value.")),
    (
        r"Invalid value for '(?P<option>.+?)': (?P<cause>.+)",
        N_("{option} cannot be read: {cause}"),
    ),
)


class _Formatter(Protocol):
    """What Typer gives to write help to."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None: ...
    def write_paragraph(self) -> None: ...
    def write_text(self, text: str) -> None: ...
    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None: ...
    def section(self, name: str) -> Any: ...
    def indentation(self) -> Any: ...


def _write_help(command: Any, ctx: typer.Context, formatter: _Formatter) -> None:
    lang: str = ctx.meta[_LANG]
    params = [p for p in command.get_params(ctx) if p.get_help_record(ctx) is not None]
    arguments = [p for p in params if p.param_type_name == "argument"]
    options = [p for p in params if p.param_type_name == "option"]
    commands = getattr(command, "commands", {})
    pieces = [*map(_place, arguments), say(N_("[OPTIONS]"), lang)]
    if commands:
        pieces = [say(N_("COMMAND [OPTIONS]"), lang)]
    formatter.write_usage(ctx.command_path, " ".join(pieces), say(N_("Usage:"), lang) + " ")
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(say(command.help, lang))
    rows = {
        N_("Commands"): [(name, say(each.help, lang)) for name, each in commands.items()],
        N_("Arguments"): [(_place(p), say(p.help, lang)) for p in arguments],
        N_("Options"): [(p.get_help_record(ctx)[0], _option_help(p, lang)) for p in options],
    }
    for title, listed in rows.items():
        if listed:
            with formatter.section(say(title, lang)):
                formatter.write_dl(listed)


def _place(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _option_help(option: Any, lang: str) -> str:
    said = say(option.help, lang)
    if option.default is None or isinstance(option.default, bool):
        return said
    return say(N_("{help} Default: {value}."), lang, help=said, value=option.default)


def _listen(ctx: typer.Context, words: Sequence[str]) -> None:
    """Keep the language asked for, wherever it stands among the words."""
    ctx.meta.setdefault(_LANG, language_among(words))
    if ctx.meta[_LANG] == "zh-hans":
        ctx.max_content_width = _NARROW


class SpokenCommand(TyperCommand):
    """A command that gives its help in the reader's language."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the language from the words, then the words."""
        _listen(ctx, args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _write_help(self, ctx, formatter)


class SpokenGroup(TyperGroup):
    """All commands together, likewise."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the language from the words, then the words."""
        _listen(ctx, args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _write_help(self, ctx, formatter)


def called(app: Callable[..., Any], **how: object) -> object:
    """Run the command; a complaint of Typer's about its words becomes a refusal of ours."""
    try:
        return app(**how)
    except typer.TyperException as error:
        complaint = error.format_message()
        for form, message in _COMPLAINTS:
            if found := re.fullmatch(form, complaint, re.DOTALL):
                raise InputRefused(
                    "bad_call",
                    message,
                    N_("See how it is called with regulars COMMAND --help."),
                    **found.groupdict(),
                ) from None
        raise
