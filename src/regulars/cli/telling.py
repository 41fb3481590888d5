"""What the report command says on the terminal: progress, what was read, what was found."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from markupsafe import Markup, escape
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from regulars.intake.history import ColumnTaken, Repeats
from regulars.intake.reasons import REASONS
from regulars.kit import progress as told
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say, say_n, shortened
from regulars.report.facts import Facts, InputFacts
from regulars.report.sections import lead
from regulars.report.words import Words

HOW = {
    "mapped": N_("as you said"),
    "name": N_("by its name"),
    "content": N_("guessed from its values"),
}
SHOWN_REASONS = 8
SHOWN_OVERLAPS = 8  # the others stand in report.json
SHOWN_LAYOUTS = 8

type _Layout = tuple[tuple[str, ...], ...]  # of each column: name, meaning, how, note


@contextmanager
def shown_progress(console: Console, lang: str, *, quiet: bool) -> Iterator[told.Progress]:
    """A bar on a terminal, a line a step elsewhere, silence where asked."""
    if quiet:
        yield told.silent
        return
    if not console.is_terminal:
        yield lambda what, _done, /, **facts: console.print(say(what, lang, **facts) + " ...")
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=1.0)

        def tell(what: str, done: float | None, /, **facts: object) -> None:
            bar.update(task, description=say(what, lang, **facts), completed=done or 0.0)

        yield tell


def tell_what_was_read(console: Console, facts: InputFacts, lang: str) -> None:
    """Columns taken and how, rows used and put aside and why."""
    tell_columns(console, facts.columns, facts.columns_left_out, lang)
    _tell_rows(console, facts, lang)


def tell_columns(
    console: Console,
    columns: Sequence[ColumnTaken],
    left_out: Sequence[tuple[str, str]],
    lang: str,
) -> None:
    """Which column was read as what and how, and which were left out."""
    layouts = _layouts(columns, lang)
    for layout, files in list(layouts.items())[:SHOWN_LAYOUTS]:
        if len(layouts) > 1:
            console.print(_heading(files, lang), soft_wrap=True)
        table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
        for head in (N_("Column"), N_("read as"), N_("how"), ""):
            table.add_column(say(head, lang) if head else "", overflow="fold")
        for row in layout:
            table.add_row(*row)
        console.print(table)
    if more := max(0, len(layouts) - SHOWN_LAYOUTS):
        told = say_n(
            "{n} more set of columns is not shown.",
            "{n} more sets of columns are not shown.",
            more,
            lang,
        )
        console.print(told)
    if left_out:
        left = shortened(", ".join(dict.fromkeys(column for _, column in left_out)))
        console.print(say(N_("Left out: {columns}"), lang, columns=left), style="dim")
    console.print()


def tell_reasons(console: Console, reasons: Mapping[str, int], lang: str) -> None:
    """Why rows were put aside, the most frequent first."""
    figures = Numbers(lang)
    ordered = sorted(reasons.items(), key=lambda item: -item[1])
    for code, n in ordered[:SHOWN_REASONS]:
        console.print(f"  {figures.count(n)}: {say(REASONS[code][0], lang)}")


def _layouts(columns: Sequence[ColumnTaken], lang: str) -> dict[_Layout, list[str]]:
    """What was taken from files, and the files it was taken from alike."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for taken in columns:
        note = say(taken.note, lang, **taken.note_facts) if taken.note else ""
        row = (taken.column, taken.meaning, say(HOW[taken.how], lang), note)
        rows.setdefault(taken.file, []).append(row)
    layouts: dict[_Layout, list[str]] = {}
    for file, of_file in rows.items():
        layouts.setdefault(tuple(of_file), []).append(file)
    return layouts


def _heading(files: Sequence[str], lang: str) -> str:
    """Which files, before what was taken from them."""
    return say_n(
        "{files}:",
        "{n} files with the same columns, such as {files}:",
        len(files),
        lang,
        files=shortened(files[0]),
    )


def _tell_rows(console: Console, facts: InputFacts, lang: str) -> None:
    figures = Numbers(lang)
    console.print(
        say_n(
            "{read} row read = {used} used + {aside} put aside.",
            "{read} rows read = {used} used + {aside} put aside.",
            facts.rows_read,
            lang,
            read=figures.count(facts.rows_read),
            used=figures.count(facts.rows_used),
            aside=figures.count(facts.rows_put_aside),
        )
    )
    tell_reasons(console, facts.reasons, lang)
    if facts.rows_anonymous:
        console.print(
            say_n(
                "{rows} of the used rows names no customer: counted as an anonymous sale.",
                "{rows} of the used rows name no customer: counted as anonymous sales.",
                facts.rows_anonymous,
                lang,
                rows=figures.count(facts.rows_anonymous),
            )
        )
    if facts.rows_returned:
        console.print(
            say_n(
                "{rows} is a return or a cancellation: it lowers what was spent.",
                "{rows} are returns or cancellations: they lower what was spent.",
                facts.rows_returned,
                lang,
                rows=figures.count(facts.rows_returned),
            )
        )
    by_rows = sorted(facts.repeats, key=lambda found: -found.n_rows)
    for found in by_rows[:SHOWN_OVERLAPS]:
        console.print(_overlap(found, figures, lang))
    if more := max(0, len(by_rows) - SHOWN_OVERLAPS):
        told = say_n(
            "{n} more pair of files overlaps; it stands in report.json.",
            "{n} more pairs of files overlap; they stand in report.json.",
            more,
            lang,
        )
        console.print(told)


def _overlap(found: Repeats, figures: Numbers, lang: str) -> str:
    told = {
        "file": found.file,
        "other": found.other,
        "first": figures.day(found.first_on),
        "last": figures.day(found.last_on),
    }
    if not found.n_rows:
        return say(
            N_("{file} and {other} overlap from {first} to {last}, but no row stands in both."),
            lang,
            **told,
        )
    return say_n(
        "{file} and {other} overlap from {first} to {last}: {rows} row stands in both and is "
        "counted once.",
        "{file} and {other} overlap from {first} to {last}: {rows} rows stand in both and are "
        "counted once.",
        found.n_rows,
        lang,
        rows=figures.count(found.n_rows),
        **told,
    )


class _Plain(Words):
    """The page's words for a terminal, where no figure can be pressed."""

    def pressed(self, proof: str, text: str) -> Markup:  # noqa: ARG002 - the page's own signature
        """The figure itself."""
        return escape(text)


def tell_what_was_found(console: Console, facts: Facts, folder: Path, lang: str) -> None:
    """The headline, and where the files are."""
    console.print()
    words = _Plain.of(facts, lang)
    said = lead.view(facts, words)
    console.print(said.says.unescape(), style="bold")
    console.print(words.together(said.more).unescape())
    console.print()
    where = say(N_("The report is in {file}"), lang, file=folder / "report.html")
    console.print(where, soft_wrap=True)
