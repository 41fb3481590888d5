"""What the treatment did: the difference between those who could get it and those who could not."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from regulars.measure import intervals
from regulars.measure.figure import Figure
from regulars.measure.models.inputs import Floats
from regulars.measure.trials.inputs import between, outcomes


@dataclass(frozen=True, slots=True)
class Moments:
    """A sample in three numbers: how many, their mean, the sample variance of one value."""

    n: int
    mean: float
    variance: float

    @classmethod
    def of(cls, values: Floats) -> "Moments":
        """The moments of two values or more."""
        return cls(values.size, float(values.mean()), float(values.var(ddof=1)))

    @property
    def square_error(self) -> float:
        """The variance of the mean."""
        return self.variance / self.n


@dataclass(frozen=True, slots=True)
class Difference:
    """The effect per assigned customer, and the two means it is the difference of."""

    effect: Figure
    standard_error: float | None
    treated: Figure
    control: Figure

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out no effect at all."""
        return excludes_zero(self.effect)


def difference(treated: ArrayLike, control: ArrayLike, *, level: float = 0.95) -> Difference:
    """Mean outcome of the treated arm less that of the control arm.

    Takes   treated, control: the outcome of every customer assigned to the arm, whether or not the
            treatment reached them (intention to treat): spend, or 1 and 0 for did and did not.
    Gives   a Difference: the effect, its standard error and the two means, as Figures. Below two
            customers in an arm the effect is unknown (`too_few_in_arm`).
    Error   Welch's t with Satterthwaite's degrees of freedom; where all outcomes are 0 or 1,
            Newcombe's score interval, which holds for rare outcomes too. At `level`.
    Beware  leaving out those whom the treatment did not reach compares different people. For heavy
            tails the t interval needs thousands of customers. Look once: see `always_valid`.
    Source  Welch 1947; Newcombe 1998; standard errors checked on Hillstrom's e-mail test.
    """
    one, other = outcomes("treated", treated), outcomes("control", control)
    between("level", level, 0, 1)
    n = one.size + other.size
    if min(one.size, other.size) < 2:
        nothing = Figure.unknown("too_few_in_arm", n=n, needs=2)
        return Difference(nothing, None, nothing, nothing)
    a, b = Moments.of(one), Moments.of(other)
    if _is_yes_no(one) and _is_yes_no(other):
        hits = round(a.mean * a.n), a.n, round(b.mean * b.n), b.n
        return Difference(
            effect=intervals.difference(*hits, level=level),
            standard_error=sqrt(a.square_error + b.square_error),
            treated=intervals.proportion(*hits[:2], level=level),
            control=intervals.proportion(*hits[2:], level=level),
        )
    return welch(a, b, level=level)


def welch(a: Moments, b: Moments, *, level: float) -> Difference:
    """The difference of two means from their moments, each arm with its own variance."""
    square = a.square_error + b.square_error
    # Two arms without any spread have nothing to be uncertain about; their degrees do not matter.
    degrees = square**2 / (a.square_error**2 / (a.n - 1) + b.square_error**2 / (b.n - 1) or 1.0)
    return Difference(
        effect=by_t(a.mean - b.mean, sqrt(square), degrees, n=a.n + b.n, level=level),
        standard_error=sqrt(square),
        treated=by_t(a.mean, sqrt(a.square_error), a.n - 1, n=a.n, level=level),
        control=by_t(b.mean, sqrt(b.square_error), b.n - 1, n=b.n, level=level),
    )


def by_t(
    value: float, error: float, degrees: float, *, n: int, level: float, method: str = "welch"
) -> Figure:
    """An estimate with Student's interval."""
    half = float(stdtrit(max(degrees, 1.0), 0.5 + level / 2)) * error
    return Figure(value, value - half, value + half, n=n, level=level, method=method)


def excludes_zero(figure: Figure) -> bool:
    """Whether an interval is known and lies on one side of zero."""
    if figure.low is None or figure.high is None:
        return False
    return figure.low > 0 or figure.high < 0


def _is_yes_no(values: Floats) -> bool:
    return bool(np.isin(values, (0.0, 1.0)).all())
