"""What the report command says on the terminal: progress, what was read, what was found."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from markupsafe import Markup, escape
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from regulars.intake.history import ColumnTaken
from regulars.intake.reasons import REASONS
from regulars.kit import progress as told
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say, shortened
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
_COUNTED_ONCE = N_(
    "{file} and {other} overlap from {first} to {last}: {n} rows stand in both and are counted "
    "once."
)
_ONLY_OVERLAP = N_("{file} and {other} overlap from {first} to {last}, but no row stands in both.")


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
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    for head in (N_("Column"), N_("read as"), N_("how"), ""):
        table.add_column(say(head, lang) if head else "", overflow="fold")
    many_files = len({taken.file for taken in columns}) > 1
    for taken in columns:
        name = f"{taken.file}: {taken.column}" if many_files else taken.column
        table.add_row(name, taken.meaning, say(HOW[taken.how], lang), _note(taken, lang))
    console.print(table)
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


def _note(taken: ColumnTaken, lang: str) -> str:
    return say(taken.note, lang, **taken.note_facts) if taken.note else ""


def _tell_rows(console: Console, facts: InputFacts, lang: str) -> None:
    figures = Numbers(lang)
    console.print(
        say(
            N_("{read} rows read = {used} used + {aside} put aside."),
            lang,
            read=figures.count(facts.rows_read),
            used=figures.count(facts.rows_used),
            aside=figures.count(facts.rows_put_aside),
        )
    )
    tell_reasons(console, facts.reasons, lang)
    if facts.rows_anonymous:
        console.print(
            say(
                N_("{n} of the used rows name no customer: counted as anonymous sales."),
                lang,
                n=figures.count(facts.rows_anonymous),
            )
        )
    if facts.rows_returned:
        console.print(
            say(
                N_("{n} are returns or cancellations: they lower what was spent."),
                lang,
                n=figures.count(facts.rows_returned),
            )
        )
    by_rows = sorted(facts.repeats, key=lambda found: -found.n_rows)
    for found in by_rows[:SHOWN_OVERLAPS]:
        overlap = _COUNTED_ONCE if found.n_rows else _ONLY_OVERLAP
        told = say(
            overlap,
            lang,
            file=found.file,
            other=found.other,
            first=figures.day(found.first_on),
            last=figures.day(found.last_on),
            n=figures.count(found.n_rows),
        )
        console.print(told)


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
