"""Effects that may be looked at every day, and the trial stopped at any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.figure import Figure
from regulars.measure.models.inputs import BadInput, Floats, check_columns, numbers
from regulars.measure.trials.effect import excludes_zero
from regulars.measure.trials.inputs import assigned, between

Ints = NDArray[np.int64]
_ROUNDING = 1e-12  # of the whole variance: what is left of none


@dataclass(frozen=True, slots=True)
class Look:
    """The effect as it stood after one look's customers."""

    at: float
    effect: Figure


@dataclass(frozen=True, slots=True)
class Looks:
    """Every look at a trial, in order."""

    looks: Sequence[Look]

    @property
    def now(self) -> Figure:
        """The effect at the last look; unknown before the first."""
        return self.looks[-1].effect if self.looks else Figure.unknown("too_few_in_arm")

    @property
    def first_clear(self) -> Look | None:
        """The first look whose interval leaves out no effect at all: one may stop there."""
        return next((look for look in self.looks if excludes_zero(look.effect)), None)


def always_valid(
    outcome: ArrayLike,
    is_treated: ArrayLike,
    at: ArrayLike,
    *,
    planned_n: int,
    level: float = 0.95,
    least: int = 100,
) -> Looks:
    """The effect after every look, with intervals that hold at all looks together.

    Takes   outcome: one per assigned customer. is_treated: true or false. at: when the customer's
            outcome was complete, such as the day's number; each value is a look. planned_n: at how
            many customers the interval shall be narrowest, chosen before the trial. least:
            customers in each arm below which nothing is said.
    Gives   Looks: the effect at every look in order of `at`, `now`, and `first_clear`; a look with
            too few customers, or no spread in an arm, is unknown (`too_few_in_arm`, `no_spread`).
    Error   asymptotic confidence sequence: with chance `level` the effect lies in the intervals of
            all looks at once, however often one looks and whenever one stops. At `planned_n` it is
            about 1.55 times as wide as an interval that may be looked at once.
    Beware  each customer counts once, when the outcome is complete; sums that go on growing need
            another method. It holds for large counts: for rare outcomes raise `least` until some
            tens of customers have one. `planned_n` chosen from the data breaks it.
    Source  Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Annals of Statistics 52, theorem
            2.2 and its choice of rho; the mixture is Robbins 1970. Level checked by simulation.
    """
    y, treated = assigned(outcome, is_treated)
    when = numbers("at", at)
    check_columns({"outcome": y, "at": when})
    between("level", level, 0, 1)
    if planned_n < 2 * least or least < 2:
        raise BadInput(
            "planned_n",
            f"planned_n is {planned_n} and least is {least}; wanted least from 2 on, and planned_n "
            "from twice that on",
            value=planned_n,
        )
    looks, look = np.unique(when, return_inverse=True)
    centred = y - y.mean() if y.size else y  # so that sums of squares keep their digits
    n_a, mean_a, square_a = _running(centred[treated], look[treated], looks.size)
    n_b, mean_b, square_b = _running(centred[~treated], look[~treated], looks.size)
    error = np.sqrt(square_a / np.maximum(n_a, 1) + square_b / np.maximum(n_b, 1))
    half = error * widening(n_a + n_b, planned_n=planned_n, level=level)
    rounding = _ROUNDING * float(centred.var()) if y.size else 0.0
    found = []
    for i, moment in enumerate(looks.tolist()):
        n, value, by = int(n_a[i] + n_b[i]), float(mean_a[i] - mean_b[i]), float(half[i])
        if min(n_a[i], n_b[i]) < least:
            effect = Figure.unknown("too_few_in_arm", n=n, needs=2 * least)
        elif min(square_a[i], square_b[i]) <= rounding:
            effect = Figure.unknown("no_spread", n=n)
        else:
            effect = Figure(
                value, value - by, value + by, n=n, level=level, method="confidence_sequence"
            )
        found.append(Look(moment, effect))
    return Looks(tuple(found))


def widening(n: ArrayLike, *, planned_n: int, level: float) -> Floats:
    """Standard errors on either side of an estimate that is looked at all the time."""
    alarm = 1 - level
    information = np.asarray(n) * (-2 * log(alarm) + log(1 - 2 * log(alarm))) / planned_n
    information = np.maximum(information, np.finfo(np.float64).tiny)
    return np.sqrt(2 * (information + 1) / information * np.log(np.sqrt(information + 1) / alarm))


def _running(values: Floats, look: Ints, n_looks: int) -> tuple[Floats, Floats, Floats]:
    """Count, mean and sample variance of all values up to each look."""
    n = np.cumsum(np.bincount(look, minlength=n_looks)).astype(np.float64)
    total = np.cumsum(np.bincount(look, values, n_looks))
    squares = np.cumsum(np.bincount(look, values**2, n_looks))
    mean = total / np.maximum(n, 1)
    return n, mean, np.maximum(squares - n * mean**2, 0) / np.maximum(n - 1, 1)
