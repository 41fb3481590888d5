"""Shares of matched sets set against each other: one against the mean of its partners."""

from dataclasses import dataclass
from math import sqrt

from regulars.measure.figure import Figure
from regulars.measure.intervals import wilson_bounds
from regulars.measure.models.inputs import BadInput, Floats, single

FEWEST_SETS = 10


@dataclass(frozen=True, slots=True)
class EValue:
    """How strong an unseen cause would have to be to explain a ratio away; 1: none is needed."""

    estimate: float
    limit: float  # the same of the end of the interval that is nearer to 1


@dataclass(frozen=True, slots=True)
class _Share:
    """A share and the ends of its Wilson interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, n: float, level: float) -> "_Share":
        """The share of n answers, which need not be a whole number."""
        low, high = wilson_bounds(value * n, n, level=level)
        return cls(value, float(low), float(high))


@dataclass(frozen=True, slots=True)
class Apart:
    """Both shares of matched sets, their difference and their ratio, broken against kept."""

    difference: Figure
    ratio: Figure
    broken_share: Figure
    kept_share: Figure


def apart(ours: Floats, theirs: Floats, *, n_partners: Floats, level: float) -> Apart:
    """The share of those who did, less and over that of their partners.

    Takes   ours: 1 or 0 for the one of each set; theirs: the share of its partners; n_partners: how
            many they are.
    Gives   an Apart. Below ten sets all four are unknown (`too_few_pairs`); the ratio also where no
            partner did (`nobody_counted`).
    Error   the Wilson intervals of the two shares, joined (MOVER) with what the two of a set have
            in common; with one partner each the difference is Newcombe's method 10 of paired
            proportions. Several partners count for as many as their spread over the sets tells. At
            `level`.
    Beware  sets must share nobody, or they are not independent.
    Source  Newcombe 1998, Statistics in Medicine 17, 2635-2650; Donner and Zou 2012, Statistical
            Methods in Medical Research 21; checked against Fagerland, Lydersen and Laake 2017,
            Statistical Analysis of Contingency Tables, chapter 8.
    """
    n = ours.size
    if n < FEWEST_SETS:
        unknown = Figure.unknown("too_few_pairs", n=n, needs=FEWEST_SETS)
        return Apart(unknown, unknown, unknown, unknown)
    worth = _worth(theirs, n_partners)
    one = _Share.of(float(ours.mean()), n, level)
    other = _Share.of(float(theirs.mean()), worth, level)
    plain, corrected = (_in_common(ours, theirs, less=less) for less in (0.0, 0.5 / n))
    return Apart(
        difference=_difference(one, other, corrected, n=n, level=level),
        ratio=_ratio(one, other, plain, n=n, level=level),
        broken_share=Figure(one.value, one.low, one.high, n=n, level=level, method="wilson"),
        kept_share=Figure(
            other.value, other.low, other.high, n=int(n_partners.sum()), level=level,
            method="ratio_wilson",
        ),
    )  # fmt: skip


def e_value(ratio: float, low: float, high: float) -> EValue:
    """How strong something not matched on would have to be to explain a ratio away.

    Takes   a ratio of two shares and its interval.
    Gives   an EValue: an unseen cause would have to go with the broken promise and with the
            outcome, with each by this ratio at least, beyond all that was made alike. `limit` is 1
            where the interval holds 1.
    Error   exact; the interval's own error is in `limit`.
    Beware  it does not say whether there is such a cause.
    Source  VanderWeele and Ding 2017, Annals of Internal Medicine 167.
    """
    for name, value in (("ratio", ratio), ("low", low), ("high", high)):
        if not single(name, value) > 0:
            raise BadInput(name, f"{name} is {value}; wanted a number above 0", value=value)
    nearer = min(max(1.0, low), high)
    return EValue(_bias(ratio), _bias(nearer))


def _bias(ratio: float) -> float:
    up = max(ratio, 1 / ratio)
    return up + sqrt(up * (up - 1))


def _worth(theirs: Floats, n_partners: Floats) -> float:
    """How many independent answers the partners' mean share is as sure as."""
    share, n = float(theirs.mean()), theirs.size
    by_count = n**2 / float((1 / n_partners).sum())
    spread = float(theirs.var())
    return min(by_count, n * share * (1 - share) / spread) if spread > 0 else by_count


def _in_common(ours: Floats, theirs: Floats, *, less: float) -> float:
    """The correlation within sets, its covariance drawn to 0 by a correction for continuity."""
    spread = float(ours.std() * theirs.std())
    if spread == 0:
        return 0.0
    covariance = float(((ours - ours.mean()) * (theirs - theirs.mean())).mean())
    return (max(covariance - less, 0.0) if covariance > 0 else covariance) / spread


def _difference(one: _Share, other: _Share, common: float, *, n: int, level: float) -> Figure:
    """Two distances are the sides of a triangle; what both have in common shortens the third."""
    value = one.value - other.value

    def reach(first: float, second: float) -> float:
        return sqrt(max(first**2 + second**2 - 2 * common * first * second, 0.0))

    low = value - reach(one.value - one.low, other.high - other.value)
    high = value + reach(one.high - one.value, other.value - other.low)
    return Figure(value, low, high, n=n, level=level, method="matched_sets")


def _ratio(one: _Share, other: _Share, common: float, *, n: int, level: float) -> Figure:
    if other.value == 0:
        return Figure.unknown("nobody_counted", n=n)
    product = one.value * other.value

    def end(mine: float, theirs: float) -> tuple[float, float, float]:
        """The numerator, and what is left of each share beyond its own end."""
        middle = product + common * (one.value - mine) * (other.value - theirs)
        mine_left, theirs_left = mine * (2 * one.value - mine), theirs * (2 * other.value - theirs)
        root = sqrt(max(middle**2 - mine_left * theirs_left, 0.0))
        return middle + root, mine_left, theirs_left

    numerator, mine_left, _ = end(one.low, other.high)
    low = mine_left / numerator if mine_left > 0 else 0.0
    numerator, _, theirs_left = end(one.high, other.low)
    high = numerator / theirs_left
    return Figure(one.value / other.value, low, high, n=n, level=level, method="matched_ratio")
