"""The integral behind Pareto/NBD, with derivatives, where power series fail or overflow.

    I(A, B, alpha, beta) = integral over u from 0 on of (alpha + u)^-A (beta + u)^-B

Both factors fall as powers, each from a scale of its own. Double-exponential quadrature (Takahasi
and Mori 1974), scaled to where the integrand falls off, holds ten digits and mostly fourteen, for
counts of 0 and of thousands alike. Derivatives are moments of the slopes of the integrand's
logarithm: exact for the integral, and taken on the same nodes.
"""

from dataclasses import dataclass

import numpy as np

from regulars.measure.models.inputs import Floats
from regulars.measure.models.special import blocks

_STEP = 0.08
_W = np.arange(-3.8, 5.6, _STEP)
_NODES = np.exp(np.pi / 2 * np.sinh(_W))
_WEIGHTS = _STEP * np.pi / 2 * np.cosh(_W) * _NODES
_BLOCK = 256  # rows at once; each has as many nodes as there are weights
IN_A, IN_B, IN_ALPHA, IN_BETA = range(4)


@dataclass(frozen=True, slots=True)
class Tail:
    """Log I of each row, with its gradient (4 by rows) and Hessian (4 by 4 by rows)."""

    value: Floats
    gradient: Floats
    hessian: Floats


def log_tail(A: Floats, B: float, alpha: Floats, beta: Floats) -> Floats:
    """Log I of each row."""
    value = np.empty(len(A))
    for rows in blocks(len(A), _BLOCK):
        value[rows] = _Nodes(A[rows], B, alpha[rows], beta[rows]).value
    return value


def log_tail_derivatives(A: Floats, B: float, alpha: Floats, beta: Floats) -> Tail:
    """Log I of each row, with its derivatives in A, B, alpha and beta."""
    n = len(A)
    tail = Tail(np.empty(n), np.empty((4, n)), np.empty((4, 4, n)))
    for rows in blocks(n, _BLOCK):
        at = _Nodes(A[rows], B, alpha[rows], beta[rows])
        per_alpha, per_beta = 1 / (at.alpha + at.u), 1 / (at.beta + at.u)
        slopes = (-at.log_alpha, -at.log_beta, -at.A * per_alpha, -B * per_beta)
        weighted = [at.density * slope for slope in slopes]
        means = [slope.sum(axis=1) for slope in weighted]
        tail.value[rows] = at.value
        tail.gradient[:, rows] = means
        tail.gradient[IN_A, rows] -= np.log(alpha[rows])
        tail.gradient[IN_B, rows] -= np.log(beta[rows])
        hessian = tail.hessian[:, :, rows]
        for i in range(4):
            for j in range(i + 1):
                product = np.einsum("rn,rn->r", weighted[i], slopes[j])
                hessian[i, j] = hessian[j, i] = product - means[i] * means[j]
        # What is left are the integrand's own second derivatives.
        for power, scale, per_scale, slope in (
            (IN_A, IN_ALPHA, per_alpha, weighted[IN_ALPHA]),
            (IN_B, IN_BETA, per_beta, weighted[IN_BETA]),
        ):
            hessian[scale, scale] -= np.einsum("rn,rn->r", slope, per_scale)
            bend = np.einsum("rn,rn->r", at.density, per_scale)
            hessian[power, scale] -= bend
            hessian[scale, power] -= bend
    return tail


class _Nodes:
    """The integrand at the nodes of some rows, as a density, and log I."""

    def __init__(self, A: Floats, B: float, alpha: Floats, beta: Floats) -> None:
        self.A, self.alpha, self.beta = A[:, None], alpha[:, None], beta[:, None]
        scale = 1 / (A / alpha + B / beta)
        self.u = scale[:, None] * _NODES
        self.log_alpha, self.log_beta = np.log1p(self.u / self.alpha), np.log1p(self.u / self.beta)
        integrand = np.exp(-self.A * self.log_alpha - B * self.log_beta) * _WEIGHTS
        total = integrand.sum(axis=1)
        self.density = integrand / total[:, None]
        self.value = np.log(scale * total) - A * np.log(alpha) - B * np.log(beta)
