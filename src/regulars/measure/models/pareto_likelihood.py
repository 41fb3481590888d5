"""The likelihood of Pareto/NBD, with derivatives.

A customer buys at a rate drawn from Gamma(r, alpha) and leaves at a rate drawn from Gamma(s, beta).
The published likelihood subtracts two hypergeometric functions that nearly cancel. Summing instead
over what comes first after t_x, an end or (after T) a purchase, gives two positive terms,

    Gamma(r + x) / Gamma(r) alpha^r beta^s (G + H)
    G = s I(r + x, s + 1, alpha + t_x, beta + t_x)          left between t_x and the next purchase
    H = (r + x) I(r + x + 1, s, alpha + T, beta + T)        bought again after T, still there

with the integral I of `tail_integral`. G hangs on (x, t_x) and H on (x, T) only, so that each is
worked out once per distinct pair.
"""

import numpy as np

from regulars.measure.models.cells import Groups, Levels
from regulars.measure.models.inputs import Floats, History
from regulars.measure.models.newton import Derivatives, added
from regulars.measure.models.special import blocks, crossed, dot, dots, gamma_rise, softplus
from regulars.measure.models.tail_integral import (
    IN_A,
    IN_ALPHA,
    IN_B,
    IN_BETA,
    Tail,
    log_tail,
    log_tail_derivatives,
)

R, ALPHA, S, BETA = range(4)
# The integral's own order of what moves with r, alpha, s and beta.
_MOVED = [IN_A, IN_ALPHA, IN_B, IN_BETA]


class ParetoLikelihood:
    """Log-likelihood of (r, alpha, s, beta) for counted customers; a call gives its derivatives."""

    def __init__(self, cells: History) -> None:
        self.cells = cells
        self.x = Levels.of(cells.x)
        self.n_of_x = self.x.totals(cells.n)
        self.lasts, self.ends = Groups.of(cells.x, cells.t_x), Groups.of(cells.x, cells.T)

    def __call__(self, params: Floats) -> Derivatives:
        """Value, gradient and Hessian."""
        return added(self._counts(params), self._times(params))

    def _counts(self, params: Floats) -> Derivatives:
        """The part Gamma(r + x) / Gamma(r) alpha^r beta^s, by the number of customers of each x."""
        r, alpha, s, beta = params
        n, m = self.n_of_x, r + self.x.values
        customers = float(n.sum())
        rise, rise_r, rise_rr = gamma_rise(n, m, r)
        logs = np.log([alpha, beta])
        value = rise + customers * float(logs @ [r, s])
        gradient = np.array(
            [
                rise_r + customers * logs[0],
                customers * r / alpha,
                customers * logs[1],
                customers * s / beta,
            ]
        )
        hessian = np.diag([rise_rr, -customers * r / alpha**2, 0.0, -customers * s / beta**2])
        hessian[R, ALPHA] = hessian[ALPHA, R] = customers / alpha
        hessian[S, BETA] = hessian[BETA, S] = customers / beta
        return value, gradient, hessian

    def _times(self, params: Floats) -> Derivatives:
        """The part G + H; its derivatives weigh those of log G and log H by who has left."""
        left, stays = self._left(params), self._stays(params)
        n_left, n_stays = np.zeros(len(left.value)), np.zeros(len(stays.value))
        value, spread = 0.0, np.zeros((4, 4))
        for rows in blocks(len(self.cells)):
            n, last, end = self.cells.n[rows], self.lasts.codes[rows], self.ends.codes[rows]
            odds = left.value[last] - stays.value[end]
            seen, share = softplus(odds)
            value += dot(n, stays.value[end] + seen)
            n_left += np.bincount(last, n * share, minlength=len(n_left))
            n_stays += np.bincount(end, n * (1 - share), minlength=len(n_stays))
            apart = left.gradient[:, last] - stays.gradient[:, end]
            spread += crossed(list(apart), n * share * (1 - share))
        gradient = dots(left.gradient, n_left) + dots(stays.gradient, n_stays)
        hessian = dots(left.hessian, n_left) + dots(stays.hessian, n_stays)
        return value, gradient, hessian + spread

    def _left(self, params: Floats) -> Tail:
        """Log G of each pair of x and t_x."""
        r, alpha, s, beta = params
        x, t_x = self.cells.x[self.lasts.first], self.cells.t_x[self.lasts.first]
        tail = _moved(log_tail_derivatives(r + x, s + 1, alpha + t_x, beta + t_x))
        tail.value[:] += np.log(s)
        tail.gradient[S] += 1 / s
        tail.hessian[S, S] -= 1 / s**2
        return tail

    def _stays(self, params: Floats) -> Tail:
        """Log H of each pair of x and T."""
        r, alpha, s, beta = params
        x, T = self.cells.x[self.ends.first], self.cells.T[self.ends.first]
        tail = _moved(log_tail_derivatives(r + x + 1, s, alpha + T, beta + T))
        tail.value[:] += np.log(r + x)
        tail.gradient[R] += 1 / (r + x)
        tail.hessian[R, R] -= 1 / (r + x) ** 2
        return tail


def _moved(tail: Tail) -> Tail:
    """In the order of r, alpha, s, beta."""
    return Tail(tail.value, tail.gradient[_MOVED], tail.hessian[np.ix_(_MOVED, _MOVED)])


def log_left(params: Floats, x: Floats, t_x: Floats) -> Floats:
    """Log G of each row."""
    r, alpha, s, beta = params
    return np.asarray(np.log(s) + log_tail(r + x, s + 1, alpha + t_x, beta + t_x))


def log_stays(params: Floats, x: Floats, T: Floats) -> Floats:
    """Log H of each row."""
    r, alpha, s, beta = params
    return np.asarray(np.log(r + x) + log_tail(r + x + 1, s, alpha + T, beta + T))
