"""The likelihood of BG/BB, with exact derivatives.

In each period a customer who is there buys with a chance drawn from Beta(alpha, beta), and leaves
before the next with one drawn from Beta(gamma, delta). A history's likelihood is a sum over the
period m after which the customer may have left, from t_x to T - 1, or T for who is still there:

    B(alpha + x, beta + m - x) B(gamma + [m < T], delta + m) / (B(alpha, beta) B(gamma, delta))
"""

import numpy as np
from scipy.special import betaln, psi

from regulars.measure.models.inputs import Floats, History
from regulars.measure.models.newton import Derivatives
from regulars.measure.models.special import crossed, dot, trigamma


class PeriodLikelihood:
    """Log-likelihood of (alpha, beta, gamma, delta); a call gives its derivatives."""

    def __init__(self, cells: History) -> None:
        self.n = cells.n
        n_terms = (cells.T - cells.t_x + 1).astype(np.intp)
        self.row = np.repeat(np.arange(len(cells)), n_terms)
        self.first = np.cumsum(n_terms) - n_terms
        self.m = cells.t_x[self.row] + np.arange(len(self.row)) - self.first[self.row]
        self.x, self.left = cells.x[self.row], (self.m < cells.T[self.row]).astype(np.float64)

    def log_rows(self, params: Floats) -> Floats:
        """The log-likelihood of each row."""
        return self._terms(params)[0]

    def _terms(self, params: Floats) -> tuple[Floats, Floats]:
        """The log-likelihood of each row, and each of its terms as a share of it."""
        alpha, beta, gamma, delta = params
        log_terms = betaln(alpha + self.x, beta + self.m - self.x)
        log_terms = log_terms + betaln(gamma + self.left, delta + self.m)
        log_terms = log_terms - betaln(alpha, beta) - betaln(gamma, delta)
        highest = np.maximum.reduceat(log_terms, self.first)
        terms = np.exp(log_terms - highest[self.row])
        totals = np.add.reduceat(terms, self.first)
        return highest + np.log(totals), terms / totals[self.row]

    def __call__(self, params: Floats) -> Derivatives:
        """Value, gradient and Hessian: moments of the terms' slopes, with the terms as weights."""
        rows, shares = self._terms(params)
        slopes, bends = self._slopes(params)
        of_terms = self.n[self.row] * shares
        means = [np.add.reduceat(shares * slope, self.first) for slope in slopes]
        hessian = crossed(slopes, of_terms) - crossed(means, self.n)
        for (i, j), bend in bends.items():
            hessian[i, j] += dot(of_terms, bend)
            hessian[j, i] = hessian[i, j]
        return dot(self.n, rows), np.array([dot(self.n, mean) for mean in means]), hessian

    def _slopes(self, params: Floats) -> tuple[list[Floats], dict[tuple[int, int], Floats]]:
        """The first derivatives of each term's logarithm, and the second that are not 0."""
        alpha, beta, gamma, delta = params
        slopes: list[Floats] = []
        bends: dict[tuple[int, int], Floats] = {}
        for at, start, ends in (
            (0, (alpha, beta), (alpha + self.x, beta + self.m - self.x)),
            (2, (gamma, delta), (gamma + self.left, delta + self.m)),
        ):
            both = ends[0] + ends[1]
            bends[at, at + 1] = trigamma(sum(start)) - trigamma(both)
            for i in range(2):
                slopes.append(psi(ends[i]) - psi(start[i]) + psi(sum(start)) - psi(both))
                own = trigamma(ends[i]) - trigamma(start[i])
                bends[at + i, at + i] = own + bends[at, at + 1]
        return slopes, bends
