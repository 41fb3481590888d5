"""`regulars`: the command. Exit codes: 0 done, 2 input cannot be used, 3 nothing to measure."""

import contextlib
import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

import regulars
from regulars.cli.backup import backup, restore, verify
from regulars.cli.doctor import doctor
from regulars.cli.faults import guarded
from regulars.cli.importing import import_
from regulars.cli.report import report
from regulars.cli.sample import sample
from regulars.cli.up import up

app = typer.Typer(
    name="regulars",
    help="Turns customers into regulars and proves that it did.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(report)
app.command()(sample)
app.command("import")(import_)
app.command()(up)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
app.command()(verify)


def _show_version(asked: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if asked:
        typer.echo(f"regulars {regulars.__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Turn customers into regulars and prove that it did."""


def _open_streams() -> list[TextIOWrapper]:
    """Where we write to; a stream that was closed before we began is None."""
    return [s for s in (sys.stdout, sys.stderr) if isinstance(s, TextIOWrapper)]


def main() -> None:
    """Run the command as a program."""
    for stream in _open_streams():
        stream.reconfigure(errors="replace")  # a sign the terminal lacks must not end the run
    code = guarded(app)
    for stream in _open_streams():
        with contextlib.suppress(OSError):  # whoever read us may have gone
            stream.flush()
    # The binding of DuckDB 2.0 writes notes about leaks of its own to a user's terminal while the
    # interpreter winds down. All is written and closed by now, so we leave without that.
    os._exit(code)
