"""`regulars measure`: the whole book is measured now, as it is each night."""

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import spoken
from regulars.kit.texts import N_, say


def measure(
    *,
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIR", help=N_("Folder of the data; or set REGULARS_HOME.")),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine", metavar="ENGINE", help=N_("duckdb, spark, or spark=URL of a cluster.")
        ),
    ] = "duckdb",
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LANG", help=N_("en, zh-hans or sv."))
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=N_("Say nothing unless something is wrong."))
    ] = False,
) -> None:
    """Measure, and say in one line what was found and where to look."""
    from rich.console import Console

    from regulars.cli.inside import in_the_book
    from regulars.cli.telling import shown_progress
    from regulars.kit.numbers import Numbers

    language = spoken(lang)
    with (
        in_the_book(home),
        shown_progress(Console(stderr=True), language, quiet=quiet) as progress,
    ):
        from regulars.analysis.taking import take_readings

        taking = take_readings(engine=engine, progress=progress)
    if quiet or taking.first_on is None or taking.as_of is None:
        return
    numbers = Numbers(language)
    told = say(
        N_("{customers} customers measured, {days}. The board shows where they stand."),
        language,
        customers=numbers.count(taking.n_customers),
        days=numbers.days(taking.first_on, taking.as_of),
    )
    Console(highlight=False, markup=False).print(told, soft_wrap=True)
