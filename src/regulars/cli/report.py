"""`regulars report FILE ...`: from files of orders to a page that says where customers stand."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import (
    as_text,
    currency_code,
    day,
    day_first,
    mapping,
    one_of,
    share,
    spoken,
    whole,
)
from regulars.intake.history import ReadOptions
from regulars.kit.errors import InputRefused
from regulars.kit.folders import refuse_unwritable
from regulars.kit.texts import N_
from regulars.measure.regulars import Definition
from regulars.report.asked import Asked


def report(
    files: Annotated[
        list[Path],
        # Whether it can be read is said in the reader's language by who reads it.
        typer.Argument(
            metavar="FILE...", help=N_("CSV, Parquet or XLSX files of orders."), readable=False
        ),
    ],
    *,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help=N_("Folder for the report's files."))
    ] = Path("regulars-report"),
    column_map: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help=N_("Which column is what; repeat as needed.")
        ),
    ] = None,
    regular: Annotated[
        str,
        typer.Option(metavar="RULE", help=N_("Who is a regular: DAYS/WINDOWd/BASEd.")),
    ] = "3/180d/365d",
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DAY", help=N_("Look at the history up to this day, YYYY-MM-DD.")),
    ] = None,
    horizon: Annotated[
        str, typer.Option(metavar="DAYS", help=N_("Days to look ahead, up to 3650."))
    ] = "90",
    goal: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help=N_("Share of regulars you wish for, such as 0.35.")),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help=N_("Three letters, such as SEK; rows in others are put aside.")
        ),
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
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LANG", help=N_("en, zh-hans or sv."))
    ] = None,
    company: Annotated[
        str | None, typer.Option(metavar="NAME", help=N_("Name shown on the report."))
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine", metavar="ENGINE", help=N_("duckdb, spark, or spark=URL of a cluster.")
        ),
    ] = "duckdb",
    show: Annotated[
        bool, typer.Option("--open", help=N_("Open the report in the browser when done."))
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=N_("Say nothing unless something is wrong."))
    ] = False,
) -> None:
    """Say where this company's customers stand: a page, a JSON document, a table of customers."""
    options = ReadOptions(
        mapping=mapping(column_map or []),
        as_of=day("--as-of", as_of),
        currency=currency_code("--currency", currency),
        decimal=one_of("--decimal", decimal, ("comma", "point")),
        day_first=day_first(dates),
    )
    asked = Asked(
        definition=_definition(regular),
        horizon_days=whole("--horizon", horizon, least=1, most=3650),
        lang=spoken(lang),
        company=None if company is None else as_text(company),
        goal=share("--goal", goal),
        engine=engine,
    )
    _write(files, out, options, asked, show=show, quiet=quiet)


def _write(
    files: list[Path], out: Path, options: ReadOptions, asked: Asked, *, show: bool, quiet: bool
) -> None:
    from rich.console import Console

    from regulars.cli.telling import shown_progress, tell_what_was_found, tell_what_was_read
    from regulars.report.run import write_report

    refuse_unwritable(out)
    console = Console(highlight=False, markup=False)
    with shown_progress(Console(stderr=True), asked.lang, quiet=quiet) as progress:
        made = write_report(files, out, options=options, asked=asked, progress=progress)
    if not quiet:
        tell_what_was_read(console, made.facts.input, asked.lang)
        tell_what_was_found(console, made.facts, made.folder, asked.lang)
    if show:
        webbrowser.open((made.folder / "report.html").resolve().as_uri())


def _definition(text: str) -> Definition:
    try:
        return Definition.parse(text)
    except ValueError as error:
        raise InputRefused(
            "bad_option",
            N_("--regular cannot be read: {cause}."),
            N_("Write it as days/window/base, such as {example}."),
            cause=error,
            example=Definition(),
        ) from None
