"""How often something happened over many seeds, beside what was promised of it."""

from collections.abc import Collection
from dataclasses import dataclass

from scipy.special import betaincinv

from regulars.measure.figure import Figure

# Many rates are judged in one run; at 95 % one of twenty sound ones would be called missed.
LEVEL = 0.99
FALSE_ALARM = 0.05  # the chance that a family of sound rates is called missed at all


@dataclass
class Rate:
    """Hits out of seeds. A promise is missed when the whole binomial interval lies beyond it.

    The interval is Clopper and Pearson's, exact, at `level`. `is_strict`: the rate itself, and not
    only its interval, must keep the promise.
    """

    what: str
    at_least: float | None = None
    at_most: float | None = None
    is_strict: bool = False
    level: float = LEVEL
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
        tail, misses = (1 - self.level) / 2, self.n - self.hits
        low = betaincinv(self.hits, misses + 1, tail) if self.hits else 0.0
        high = betaincinv(self.hits + 1, misses, 1 - tail) if misses else 1.0
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


def judge_together(rates: Collection[Rate]) -> None:
    """Set the levels so that the promises, all kept, are called missed by chance once in twenty.

    Bonferroni: each has its part of `FALSE_ALARM`, all of it on the side on which it can be missed.
    Figures of one company lean the same way, so that the true chance is smaller still.
    """
    promises = [rate for rate in rates if rate.promise]
    for rate in promises:
        rate.level = 1 - 2 * FALSE_ALARM / len(promises)


def covers(figure: Figure, truth: float) -> bool:
    """Whether a known interval holds the truth."""
    if figure.low is None or figure.high is None:
        return False
    return figure.low <= truth <= figure.high


def alarms(figure: Figure) -> bool:
    """Whether a known interval leaves out zero."""
    return figure.low is not None and not covers(figure, 0.0)
