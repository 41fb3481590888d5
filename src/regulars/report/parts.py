"""The parts sections are made of, as values: templates/parts.html shows each."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.pictures.svg import Drawn

_GAP = 0.35  # percent of a bar between two of its parts


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; `sub` stands small under it."""

    text: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """One column of a table: figures are set right."""

    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; the first cell of a row names it."""

    caption: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its finding as a sentence, how to read it, and the same as a table."""

    finding: Markup
    drawn: Drawn
    reading: Markup
    table: Table


@dataclass(frozen=True, slots=True)
class Tally:
    """A figure that stands alone, with its range and, where it tests a rule, the verdict."""

    label: Markup
    value: Markup
    range: Markup
    verdict: str = ""  # holds, no, unknown
    verdict_says: str = ""


@dataclass(frozen=True, slots=True)
class WholePart:
    """One part of a bar: what it is, where it lies (percent of the bar), and in figures."""

    kind: str  # names the colour in look/whole.css
    name: Markup
    count: Markup
    share: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Whole:
    """Parts that add up to all."""

    title: Markup
    note: Markup
    parts: Sequence[WholePart]


def placed(counts: Sequence[int]) -> list[tuple[str, str]]:
    """Where each part of a bar begins and how wide it is, in percent of the bar."""
    total, start, places = sum(counts), 0.0, []
    for count in counts:
        width = 100 * count / total
        places.append((f"{start:.2f}", f"{max(0.0, width - _GAP):.2f}"))
        start += width
    return places
