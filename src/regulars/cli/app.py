"""`regulars`: the command. Exit codes: 0 done, 2 input cannot be used, 3 nothing to measure."""

import os
import sys
from typing import Annotated

import typer

import regulars
from regulars.cli.backup import backup, restore, verify
from regulars.cli.doctor import doctor
from regulars.cli.exporting import export
from regulars.cli.faults import guarded
from regulars.cli.importing import import_
from regulars.cli.measure import measure
from regulars.cli.report import report
from regulars.cli.rights import rights_app
from regulars.cli.sample import sample
from regulars.cli.speaking import SpokenCommand, SpokenGroup, called
from regulars.cli.streams import close_streams, open_streams
from regulars.cli.up import up
from regulars.kit.texts import N_

app = typer.Typer(
    name="regulars",
    cls=SpokenGroup,
    help=N_("Turns customers into regulars and proves that it did."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command, said in (
    (report, N_("Say where this company’s customers stand, from files of orders.")),
    (sample, N_("Write the files of an example tea and coffee shop, and what is true of it.")),
    (import_, N_("Bring files of records into the book; the same file again changes nothing.")),
    (export, N_("Write tables for analysts, with pseudonyms in place of names.")),
    (measure, N_("Measure the whole book now, and show it on the pages.")),
    (up, N_("Start everything: database, pages and jobs. Ctrl-C stops it; a next start goes on.")),
    (
        doctor,
        N_("Look at every part; changes nothing. Exit code 1 where something is to be mended."),
    ),
    (backup, N_("Write everything into one file, of one instant; the house may go on meanwhile.")),
    (
        restore,
        N_("Make a new house from a backup: on an empty home, or in DATABASE_URL’s database."),
    ),
    (verify, N_("Rehearse a restore aside, compare every table, and remove it again.")),
):
    app.command(command.__name__.rstrip("_"), cls=SpokenCommand, help=said)(command)

app.add_typer(rights_app, name="rights")


def _show_version(asked: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if asked:
        typer.echo(f"regulars {regulars.__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help=N_("Show the version."), callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Turn customers into regulars and prove that it did."""


def _run(**how: object) -> object:
    done = called(app, **how)
    sys.stdout.flush()  # while it can still be said that there is no room
    return done


def main() -> None:
    """Run the command as a program."""
    open_streams()
    code = guarded(_run)
    close_streams()
    # The binding of DuckDB 2.0 writes notes about leaks of its own to a user's terminal while the
    # interpreter winds down. All is written and closed by now, so we leave without that.
    os._exit(code)
