"""What is asked of an import, and what became of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from regulars.intake.history import ColumnTaken


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user said; what is left out is found from the files or the company."""

    source: str = ""  # the preset's name, or "files"
    kind: str | None = None
    preset: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    decimal: str | None = None
    day_first: bool | None = None
    country: str | None = None  # ISO 3166: where phone numbers without a country's code are from
    by: UUID | None = None


@dataclass
class Counts:
    """What became of the rows; read = new + same + changed + put aside."""

    n_read: int = 0
    n_new: int = 0
    n_same: int = 0
    n_changed: int = 0

    def add(self, outcome: str, n: int = 1) -> None:
        """Count rows by what became of them."""
        name = f"n_{outcome}"
        setattr(self, name, getattr(self, name) + n)

    def move(self, was: str, now: str | None, n: int) -> None:
        """Count rows otherwise than before; None: they are put aside."""
        self.add(was, -n)
        if now:
            self.add(now, n)


@dataclass
class Imported:
    """One import, over."""

    id: UUID
    kind: str
    source: str
    preset: str | None
    counts: Counts
    columns: Sequence[ColumnTaken]
    columns_left_out: Sequence[tuple[str, str]]
    reasons: Counter[str]
    put_aside: Sequence[Path]

    @property
    def n_put_aside(self) -> int:
        """Rows that are not in the book."""
        return sum(self.reasons.values())
