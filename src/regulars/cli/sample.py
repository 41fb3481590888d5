"""`regulars sample`: an example company to try things on, with the truth beside it."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import day, one_of, spoken, whole
from regulars.kit.texts import N_, say

MOST = 2**31 - 1


def sample(
    *,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help=N_("Folder for the company's files."))
    ] = Path("example"),
    customers: Annotated[str, typer.Option(metavar="N", help=N_("How many customers."))] = "3000",
    seed: Annotated[str, typer.Option(metavar="N", help=N_("Same seed, same company."))] = "1",
    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help=N_("Last day of the history, YYYY-MM-DD."))
    ] = None,
    days: Annotated[
        str, typer.Option(metavar="N", help=N_("Length of the history in days."))
    ] = "1096",
    file_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help=N_("csv or parquet."))
    ] = "csv",
    plain: Annotated[
        bool, typer.Option("--plain", help=N_("Without season, growth and price rises."))
    ] = False,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LANG", help=N_("en, zh-hans or sv."))
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=N_("Say nothing unless something is wrong."))
    ] = False,
) -> None:
    """Write the files of an example tea and coffee shop, and what is true of it."""
    from rich.console import Console

    from regulars.cli.telling import shown_progress
    from regulars.kit.numbers import Numbers
    from regulars.sample import write_company
    from regulars.sample.planted import PLAIN, STORY
    from regulars.sample.season import AS_OF

    language = spoken(lang)
    one_of("--format", file_format, ("csv", "parquet"))
    last: date = day("--as-of", as_of) or AS_OF
    with shown_progress(Console(stderr=True), language, quiet=quiet) as progress:
        made = write_company(
            out,
            customers=whole("--customers", customers, least=1, most=MOST),
            seed=whole("--seed", seed, least=0, most=MOST),
            as_of=last,
            days=whole("--days", days, least=1, most=36_500),
            format=file_format,
            planted=PLAIN if plain else STORY,
            progress=progress,
        )
    if not quiet:
        figures = Numbers(language)
        said = say(
            N_(
                "{lines} order lines of {customers} customers are in {file}, what else the company "
                "knows of them in the files beside it, and what is true of them in {truth}."
            ),
            language,
            lines=figures.count(made.lines),
            customers=figures.count(made.customers),
            file=made.orders_path,
            truth=made.truth_path,
        )
        Console(highlight=False, markup=False).print(said, soft_wrap=True)
