"""What a regular is, and the share of them among the customers, day by day."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """Whom we call a regular.

    Someone with an event of `kinds` on at least `days` days in the last `window_days`; counted
    among those with at least one such day in the last `base_days`.
    """

    days: int = 3
    window_days: int = 180
    base_days: int = 365
    kinds: tuple[str, ...] = ("purchase",)

    def __post_init__(self) -> None:
        if self.days < 1 or self.window_days < 1 or self.base_days < 1:
            raise ValueError(f"{self}: days, window and base window must each be at least 1")
        if self.days > self.window_days:
            raise ValueError(f"{self}: {self.days} days do not fit into {self.window_days} days")
        if self.base_days < self.window_days:
            raise ValueError(f"{self}: the base window must not be shorter than the window")

    @classmethod
    def parse(cls, text: str) -> "Definition":
        """Read `3/180d/365d`."""
        found = re.fullmatch(r"\s*(\d{1,4})\s*/\s*(\d{1,5})d?\s*/\s*(\d{1,5})d?\s*", text)
        if not found:
            raise ValueError(f"{text!r} is not of the form DAYS/WINDOWd/BASEd, such as 3/180d/365d")
        days, window, base = (int(part) for part in found.groups())
        return cls(days, window, base)

    def __str__(self) -> str:
        return f"{self.days}/{self.window_days}d/{self.base_days}d"
