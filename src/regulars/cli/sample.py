"""`regulars sample`: an example company to try things on, with the truth beside it."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import day, one_of, spoken
from regulars.kit.texts import N_, say


def sample(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the company's files.")] = Path("example"),
    customers: Annotated[int, typer.Option(help="How many customers.", min=1)] = 3000,
    seed: Annotated[int, typer.Option(help="Same seed, same company.", min=0)] = 1,
    as_of: Annotated[str | None, typer.Option(help="Last day of the history, YYYY-MM-DD.")] = None,
    days: Annotated[int, typer.Option(help="Length of the history in days.", min=1)] = 1096,
    file_format: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    plain: Annotated[
        bool, typer.Option("--plain", help="Without season, growth and price rises.")
    ] = False,
    lang: Annotated[str | None, typer.Option(help="en, zh-hans or sv.")] = None,
    quiet: Annotated[bool, typer.Option(help="Say nothing unless something is wrong.")] = False,
) -> None:
    """Write the orders of an example tea and coffee shop, and what is true of it."""
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
            customers=customers,
            seed=seed,
            as_of=last,
            days=days,
            format=file_format,
            planted=PLAIN if plain else STORY,
            progress=progress,
        )
    if not quiet:
        figures = Numbers(language)
        said = say(
            N_(
                "{lines} order lines of {customers} customers are in {file}, and what is true "
                "of them is in {truth}."
            ),
            language,
            lines=figures.count(made.lines),
            customers=figures.count(made.customers),
            file=made.orders_path,
            truth=made.truth_path,
        )
        Console(highlight=False, markup=False).print(said, soft_wrap=True)
