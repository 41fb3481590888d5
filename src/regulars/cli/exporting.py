"""`regulars export DIR`: tables for analysts, without names."""

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.asking import By, Home, Lang, asker
from regulars.cli.inside import in_the_book
from regulars.cli.options import spoken
from regulars.kit.texts import N_, say


def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=N_("Folder to be made, with one file a table."))
    ],
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help=N_("Say nothing but errors."))] = False,
    by: By = None,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Write tables for analysts as Parquet: pseudonyms in place of names, of one instant."""
    from rich.console import Console

    from regulars.cli.telling import shown_progress
    from regulars.kit.numbers import Numbers

    language = spoken(lang)
    figures = Numbers(language)
    with (
        in_the_book(home),
        shown_progress(Console(stderr=True), language, quiet=quiet) as progress,
    ):
        from regulars.book.services.exporting import export_tables
        from regulars.company.rights import Action

        rows = export_tables(asker(by, may=Action.EXPORT_TABLES), folder, tell=progress)
    if quiet:
        return
    print(say(N_("{n} tables are in {folder}:"), language, n=len(rows), folder=folder))
    for name, n in rows.items():
        print(f"  {figures.count(n):>12}  {name}.parquet")
    for said in (
        N_("tables.json says what each column means."),
        N_("Nobody is named, but who is rare can be recognised: keep it as you keep the house."),
    ):
        print(say(said, language))
