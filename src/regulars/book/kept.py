"""What became of a record that a source told."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Whether the book knew a record already."""

    NEW = "new"
    SAME = "same"  # nothing was written
    CHANGED = "changed"  # what the source owns was brought up to it


@dataclass(frozen=True)
class Kept[T]:
    """A record as the book holds it now, and what became of what was told."""

    record: T
    outcome: Outcome
