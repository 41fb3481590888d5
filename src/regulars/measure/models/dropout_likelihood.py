"""The likelihood shared by BG/NBD, MBG/NBD and their regular forms, with exact derivatives.

A customer buys at gaps of k exponential stages whose rate was drawn from Gamma(r, alpha), and after
a purchase leaves with a chance that was drawn from Beta(a, b). With m = r + kx the likelihood is

    C(x) (alpha + T)^-m S (1 + e^D),    e^D = odds of having left

S sums over the stages passed since the last purchase: 1 for k = 1. C depends on x only, so its
gamma functions are computed once per distinct x, and logarithms of times once per distinct time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.measure.models.cells import Levels
from regulars.measure.models.inputs import Floats, History
from regulars.measure.models.newton import Derivatives, added
from regulars.measure.models.special import blocks, crossed, dot, gamma_rise, softplus

R, ALPHA, A, B = range(4)


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of r and alpha with its derivatives, a value per row."""

    value: Floats
    r: Floats
    alpha: Floats
    rr: Floats
    r_alpha: Floats
    alpha_alpha: Floats

    def minus(self, other: "Surface") -> "Surface":
        """The difference of the two."""
        return Surface(
            self.value - other.value,
            self.r - other.r,
            self.alpha - other.alpha,
            self.rr - other.rr,
            self.r_alpha - other.r_alpha,
            self.alpha_alpha - other.alpha_alpha,
        )

    def summed(self, n: Floats) -> Derivatives:
        """The sum over rows that stand for `n` customers each."""
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        gradient[R], gradient[ALPHA] = dot(n, self.r), dot(n, self.alpha)
        hessian[R, R], hessian[ALPHA, ALPHA] = dot(n, self.rr), dot(n, self.alpha_alpha)
        hessian[R, ALPHA] = hessian[ALPHA, R] = dot(n, self.r_alpha)
        return dot(n, self.value), gradient, hessian


@dataclass(frozen=True, slots=True)
class _Time:
    """What is worked out once per distinct time: log and reciprocal of alpha + time."""

    log: Floats
    reciprocal: Floats

    @classmethod
    def at(cls, alpha: float, times: Floats) -> "_Time":
        return cls(np.log(alpha + times), 1 / (alpha + times))

    def of(self, codes: NDArray[np.intp]) -> "_Time":
        """Per row, by the number of its time."""
        return _Time(self.log[codes], self.reciprocal[codes])


def stages(k: int, m: Floats, since: Floats, end: Floats) -> Surface:
    """Log of S, the sum of (m)_j / j! (since / end)^j over j < k; since T - t_x, end alpha + T.

    The sums are moments of log (m)_j and of j under the terms as weights.
    """
    ratio = since / end
    term = np.ones_like(ratio)
    log_r, log_rr = np.zeros_like(ratio), np.zeros_like(ratio)
    total, r, j_once, rr, r_j, j_twice = (np.zeros_like(ratio) for _ in range(6))
    for j in range(k):
        total += term
        r += term * log_r
        j_once += term * j
        rr += term * (log_r**2 + log_rr)
        r_j += term * log_r * j
        j_twice += term * j * (j + 1)
        log_r = log_r + 1 / (m + j)
        log_rr = log_rr - 1 / (m + j) ** 2
        term = term * (m + j) / (j + 1) * ratio
    r, j_once, rr, r_j, j_twice = (moment / total for moment in (r, j_once, rr, r_j, j_twice))
    return Surface(
        value=np.log(total),
        r=r,
        alpha=-j_once / end,
        rr=rr - r**2,
        r_alpha=(r * j_once - r_j) / end,
        alpha_alpha=(j_twice - j_once**2) / end**2,
    )


class DropoutLikelihood:
    """Log-likelihood of (r, alpha, a, b) for counted customers; a call gives its derivatives.

    `leaves_at_start` says whether a customer may leave right after the first purchase, as in MBG.
    The terms of the gaps' own lengths, which no parameter moves, are left out.
    """

    def __init__(self, cells: History, *, k: int, leaves_at_start: bool) -> None:
        self.cells, self.k, self.leaves_at_start = cells, k, leaves_at_start
        self.x, self.t_x, self.T = (Levels.of(column) for column in (cells.x, cells.t_x, cells.T))
        self.kx = k * cells.x
        self.n_of_x, self.n_of_T = self.x.totals(cells.n), self.T.totals(cells.n)
        self.kx_of_T = self.T.totals(cells.n * self.kx)

    def __call__(self, params: Floats) -> Derivatives:
        """Value, gradient and Hessian."""
        r, alpha, a, b = params
        parts = [self._counts(params), self._seen(r, alpha)]
        ends, lasts = _Time.at(alpha, self.T.values), _Time.at(alpha, self.t_x.values)
        leaving = leaving_odds(self.x.values, a, b, leaves_at_start=self.leaves_at_start)
        for rows in blocks(len(self.cells)):
            odds = odds_by_time(
                r + self.kx[rows], ends.of(self.T.codes[rows]), lasts.of(self.t_x.codes[rows])
            )
            if self.k > 1:
                since = self.cells.T[rows] - self.cells.t_x[rows]
                passed = stages(self.k, r + self.kx[rows], since, alpha + self.cells.T[rows])
                parts.append(passed.summed(self.cells.n[rows]))
                odds = odds.minus(passed)
            log_odds, per_b = (column[self.x.codes[rows]] for column in leaving)
            parts.append(left(odds, log_odds, per_b, a, self.cells.n[rows]))
        return added(*parts)

    def _counts(self, params: Floats) -> Derivatives:
        """The part C(x), by the number of customers of each x."""
        r, alpha, a, b = params
        x, n = self.x.values, self.n_of_x
        m, survived = r + self.k * x, b + x + self.leaves_at_start
        customers = float(n.sum())

        in_r = gamma_rise(n, m, r)
        in_b = gamma_rise(n, survived, b)
        in_ab = gamma_rise(n, a + survived, a + b)
        value = in_r[0] + customers * r * np.log(alpha) + in_b[0] - in_ab[0]
        gradient = np.array(
            [
                in_r[1] + customers * np.log(alpha),
                customers * r / alpha,
                -in_ab[1],
                in_b[1] - in_ab[1],
            ]
        )
        hessian = np.zeros((4, 4))
        hessian[R, R] = in_r[2]
        hessian[R, ALPHA] = hessian[ALPHA, R] = customers / alpha
        hessian[ALPHA, ALPHA] = -customers * r / alpha**2
        hessian[A:, A:] = -in_ab[2]
        hessian[B, B] += in_b[2]
        return float(value), gradient, hessian

    def _seen(self, r: float, alpha: float) -> Derivatives:
        """The part (alpha + T)^-m, by the number of customers of each T and their purchases."""
        end, n = alpha + self.T.values, self.n_of_T
        log_end, m = np.log(end), r * n + self.kx_of_T
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        gradient[R], gradient[ALPHA] = -dot(n, log_end), -dot(m, 1 / end)
        hessian[R, ALPHA] = hessian[ALPHA, R] = -dot(n, 1 / end)
        hessian[ALPHA, ALPHA] = dot(m, 1 / end**2)
        return -dot(m, log_end), gradient, hessian


def odds_by_time(m: Floats, end: "_Time", last: "_Time") -> Surface:
    """The part m log((alpha + T) / (alpha + t_x)) of D."""
    longer, slower = end.log - last.log, end.reciprocal - last.reciprocal
    return Surface(
        value=m * longer,
        r=longer,
        alpha=m * slower,
        rr=np.zeros_like(m),
        r_alpha=slower,
        alpha_alpha=-m * slower * (end.reciprocal + last.reciprocal),
    )


def left(odds: Surface, log_odds: Floats, per_b: Floats, a: float, n: Floats) -> Derivatives:
    """The part 1 + e^D; its derivatives weigh those of D by the chance of having left."""
    D = odds.value + log_odds
    value, chance = softplus(D)
    once = n * chance
    twice = once * (1 - chance)
    slopes = (odds.r, odds.alpha, np.full_like(D, 1 / a), -per_b)
    _, _, hessian = odds.summed(once)
    hessian[A, A] -= float(once.sum()) / a**2
    hessian[B, B] += dot(once, per_b**2)
    gradient = np.array([dot(once, slope) for slope in slopes])
    return dot(n, value), gradient, hessian + crossed(slopes, twice)


def leaving_odds(x: Floats, a: float, b: float, *, leaves_at_start: bool) -> tuple[Floats, Floats]:
    """Log odds of having left right after purchase x, and minus their derivative in b.

    Before the first repeat purchase nobody leaves in BG/NBD: log odds of minus infinity.
    """
    survived = b + x + leaves_at_start - 1
    can_leave = (x > 0) | leaves_at_start
    with np.errstate(divide="ignore", invalid="ignore"):
        log_odds = np.where(can_leave, np.log(a) - np.log(survived), -np.inf)
        return log_odds, np.where(can_leave, 1 / survived, 0.0)
