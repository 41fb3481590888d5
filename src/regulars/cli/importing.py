"""`regulars import FILE ...`: files of records into the book."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regulars.cli.options import country_code, currency_code, day_first, mapping, one_of, spoken
from regulars.kit.folders import refuse_unwritable
from regulars.kit.texts import N_, say

if TYPE_CHECKING:
    from rich.console import Console

    from regulars.book.importing.asked import Imported

KINDS = ("orders", "customers", "promises", "contacts", "invoices", "returns", "events")
PRESETS = ("shopify", "woocommerce", "square", "zendesk", "zammad")


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help=N_("CSV, Parquet or XLSX files of one kind."),
            readable=False,
        ),
    ],
    *,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", metavar="KIND", help=N_("What the records are; else found from the columns.")
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=N_("Where the records come from; always the same name.")),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=N_("Whose export it is; else found from the columns.")),
    ] = None,
    column_map: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help=N_("Which column is what; repeat as needed.")
        ),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(metavar="CODE", help=N_("Of rows that name none; else the company’s.")),
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option(
            metavar="ORDER", help=N_("day-first or month-first, where dates leave it open.")
        ),
    ] = None,
    decimal: Annotated[
        str | None,
        typer.Option(metavar="SIGN", help=N_("comma or point, where amounts leave it open.")),
    ] = None,
    country: Annotated[
        str | None,
        typer.Option(
            metavar="LETTERS", help=N_("Two letters: where phone numbers without a + are from.")
        ),
    ] = None,
    aside: Annotated[
        Path, typer.Option(metavar="DIR", help=N_("Folder for the rows put aside."))
    ] = Path("regulars-import"),
    home: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=N_("Folder of the data; or set REGULARS_HOME.")),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LANG", help=N_("en, zh-hans or sv."))
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=N_("Say nothing unless something is wrong."))
    ] = False,
) -> None:
    """Bring files of records into the book; the same file again changes nothing."""
    from rich.console import Console

    from regulars.cli.inside import in_the_book
    from regulars.cli.telling import shown_progress

    language = spoken(lang)
    told: dict[str, Any] = {
        "kind": one_of("--kind", kind, KINDS),
        "preset": one_of("--preset", preset, PRESETS),
        "mapping": mapping(column_map or []),
        "currency": currency_code("--currency", currency),
        "decimal": one_of("--decimal", decimal, ("comma", "point")),
        "day_first": day_first(dates),
        "country": country_code("--country", country),
    }
    refuse_unwritable(aside)
    with (
        in_the_book(home),
        shown_progress(Console(stderr=True), language, quiet=quiet) as progress,
    ):
        from regulars.book.importing.asked import Asked
        from regulars.book.importing.run import import_files

        made = import_files(
            files, Asked(source=source or "", **told), aside=aside, lang=language, progress=progress
        )
    if not quiet:
        _tell(Console(highlight=False, markup=False), made, language)


def _tell(console: "Console", made: "Imported", lang: str) -> None:
    """What was taken for what, and what became of the rows."""
    from regulars.cli.telling import tell_columns, tell_reasons
    from regulars.kit.numbers import Numbers

    figures = Numbers(lang)
    taken = N_("Read as {kind} from {source}.")
    if made.preset:
        taken = N_("Read as {kind} from {source}, an export of {preset}.")
    console.print(say(taken, lang, kind=made.kind, source=made.source, preset=made.preset))
    tell_columns(console, made.columns, made.columns_left_out, lang)
    counts = made.counts
    console.print(
        say(
            N_(
                "{read} rows read = {new} new + {same} already there + {changed} changed + "
                "{aside} put aside."
            ),
            lang,
            read=figures.count(counts.n_read),
            new=figures.count(counts.n_new),
            same=figures.count(counts.n_same),
            changed=figures.count(counts.n_changed),
            aside=figures.count(made.n_put_aside),
        )
    )
    tell_reasons(console, made.reasons, lang)
    for path in made.put_aside:
        console.print(
            say(
                N_("The rows put aside are in {file}: mend them, and import that."), lang, file=path
            ),
            soft_wrap=True,
        )
