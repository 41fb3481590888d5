"""CSV lines that are not simply a row each: quotation marks, too few or too many columns."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from regulars.intake.sources import SpoiledRow

# A value between quotation marks runs over so many lines at most; beyond, its mark is not closed.
_MOST_LINES = 100
_BATCH = 1_000
_SHOWN = 200  # characters of a spoiled row that are shown


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one piece of a text."""

    data: bytes
    starts: np.ndarray
    ends: np.ndarray  # without the line end
    first: int  # number of the first line in the file

    def text(self, place: int) -> str:
        """One line."""
        return self.data[self.starts[place] : self.ends[place]].decode(errors="replace")


@dataclass(slots=True)
class OddRows:
    """The rows of odd lines, with their line numbers, and those that cannot be read."""

    lines: Lines
    separator: str
    width: int
    is_last: bool = field(kw_only=True)  # no more text follows
    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    spoiled: list[SpoiledRow] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)  # rows that run over lines
    carry_from: int | None = None  # a row begins here that the next piece may end

    def read(self, places: Sequence[int]) -> None:
        """Read the rows that begin on these lines, in order."""
        past = 0
        for begin in range(0, len(places), _BATCH):
            batch = [place for place in places[begin : begin + _BATCH] if place >= past]
            if self._read_together(batch):
                continue
            for place in batch:
                if place >= past:
                    past = self._read_row(place)
                if self.carry_from is not None:
                    return

    def taken_lines(self) -> np.ndarray:
        """Of each line, whether a row over several lines or the next piece takes it."""
        taken = np.zeros(len(self.lines.starts), bool)
        for begin, past in self.spans:
            taken[begin:past] = True
        if self.carry_from is not None:
            taken[self.carry_from :] = True
        return taken

    def _read_together(self, places: Sequence[int]) -> bool:
        """Read lines at once where each is a row by itself; False, and nothing read, where not."""
        texts = [self.lines.text(place) for place in places]
        try:
            rows = list(csv.reader(texts, delimiter=self.separator, strict=True))
        except csv.Error:
            return False
        if len(rows) != len(texts) or any(len(row) != self.width for row in rows):
            return False
        self.numbers += [self.lines.first + place for place in places]
        self.rows += rows
        return True

    def _read_row(self, place: int) -> int:
        """Read the row that begins on a line; give the line after it."""
        text = self.lines.text(place)
        row, is_open = self._parse(text)
        past = place + 1
        if is_open:
            row, past = self._close(place, text)
            if self.carry_from is not None:
                return past
        if row is None:
            self._put_aside(place, "unclosed_quote")
            return place + 1
        if past > place + 1:
            self.spans.append((place, past))
        self._keep(place, row)
        return past

    def _parse(self, text: str) -> tuple[list[str] | None, bool]:
        """The cells of a row, None where its marks make no sense; and whether one stays open."""
        lines = (line + "\n" for line in text.split("\n"))
        try:
            return next(csv.reader(lines, delimiter=self.separator, strict=True), []), False
        except csv.Error as error:
            if "unexpected end" in str(error):
                return None, True
        if "\n" in text or text.count('"') % 2:
            return None, False
        return next(csv.reader([text], delimiter=self.separator), []), False

    def _close(self, place: int, text: str) -> tuple[list[str] | None, int]:
        """Go on to the line that closes a mark and makes the row whole; None where none does."""
        n_lines = len(self.lines.starts)
        for past in range(place + 1, min(n_lines, place + _MOST_LINES)):
            line = self.lines.text(past)
            text += "\n" + line
            if '"' not in line:
                continue
            row, is_open = self._parse(text)
            if not is_open:
                return (row if row and len(row) == self.width else None), past + 1
        if place + _MOST_LINES > n_lines and not self.is_last:
            self.carry_from = place
        return None, place + 1

    def _keep(self, place: int, row: list[str]) -> None:
        """Keep a row of the right width, pass over an empty one, put the others aside."""
        if not any(cell.strip() for cell in row):
            return
        while len(row) > self.width and not row[-1].strip():
            row = row[:-1]
        if len(row) == self.width:
            self.numbers.append(self.lines.first + place)
            self.rows.append(row)
        else:
            self._put_aside(
                place, "too_few_columns" if len(row) < self.width else "too_many_columns"
            )

    def _put_aside(self, place: int, reason: str) -> None:
        number, text = self.lines.first + place, self.lines.text(place)[:_SHOWN]
        self.spoiled.append(SpoiledRow(number, text, reason))
