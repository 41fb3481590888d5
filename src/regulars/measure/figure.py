"""A number with what is needed to believe it."""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate, its interval, how many were counted, from when to when, and how it was made.

    `value` None means it cannot be told; `why_not` is then the code of the reason and `needs` what
    would tell (a count of days, customers or answers), where that can be said.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    level: float = 0.95
    method: str = ""  # a term of docs/glossary.md: "wilson", "influence", "simulation", ...
    first_on: date | None = None
    last_on: date | None = None
    why_not: str | None = None
    needs: float | None = None

    @classmethod
    def unknown(cls, why_not: str, *, n: int = 0, needs: float | None = None) -> "Figure":
        """The honest answer where there is too little."""
        return cls(None, n=n, why_not=why_not, needs=needs)

    def seen(self, first_on: date, last_on: date) -> "Figure":
        """The same figure with the days it was taken over."""
        return replace(self, first_on=first_on, last_on=last_on)
