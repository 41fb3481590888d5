"""How often something happened over many seeds, beside what was promised of it."""

from dataclasses import dataclass

from regulars.measure.figure import Figure
from regulars.measure.intervals import wilson_bounds

# Many rates are judged in one run; at 95 % one of twenty sound ones would be called missed.
LEVEL = 0.99


@dataclass
class Rate:
    """Hits out of seeds. A promise is missed when the whole binomial interval lies beyond it.

    `is_strict`: the rate itself, and not only its interval, must keep the promise.
    """

    what: str
    at_least: float | None = None
    at_most: float | None = None
    is_strict: bool = False
    hits: int = 0
    n: int = 0

    def count(self, *, hit: bool) -> None:
        self.hits += hit
        self.n += 1

    @property
    def share(self) -> float:
        return self.hits / self.n

    @property
    def bounds(self) -> tuple[float, float]:
        low, high = wilson_bounds(self.hits, self.n, level=LEVEL)
        return float(low), float(high)

    @property
    def is_kept(self) -> bool:
        low, high = (self.share, self.share) if self.is_strict else self.bounds
        return (self.at_most is None or low <= self.at_most) and (
            self.at_least is None or high >= self.at_least
        )

    @property
    def promise(self) -> str:
        limits = (("at least", self.at_least), ("at most", self.at_most))
        said = [f"{word} {100 * limit:g} %" for word, limit in limits if limit is not None]
        return ", ".join(said)

    def line(self) -> str:
        if not self.n:
            return f"{self.what:<70}  never measured"
        low, high = self.bounds
        verdict = "" if not self.promise else "kept" if self.is_kept else "MISSED"
        found = f"{100 * self.share:5.1f} % of {self.n}  ({100 * low:.1f} to {100 * high:.1f})"
        return f"{self.what:<70}{found:<32}{self.promise:<30}{verdict}".rstrip()


def covers(figure: Figure, truth: float) -> bool:
    """Whether a known interval holds the truth."""
    if figure.low is None or figure.high is None:
        return False
    return figure.low <= truth <= figure.high


def alarms(figure: Figure) -> bool:
    """Whether a known interval leaves out zero."""
    return figure.low is not None and not covers(figure, 0.0)
