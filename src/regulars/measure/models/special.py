"""Sums and functions that every likelihood here needs."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import gammaln, polygamma, psi

from regulars.measure.models.inputs import Floats


def blocks(n_rows: int, size: int = 1 << 15) -> Iterator[slice]:
    """Slices of rows, few enough that the columns worked on stay in the processor's cache."""
    for start in range(0, n_rows, size):
        yield slice(start, start + size)


def dot(left: Floats, right: Floats) -> float:
    """The sum of products of two long columns.

    By einsum: `@` wakes the threads of the linear algebra library, and they cost more than they
    save on one pass over memory.
    """
    return float(np.einsum("r,r->", left, right))


def dots(columns: Floats, weights: Floats) -> Floats:
    """The weighted sums of a stack of columns."""
    return np.asarray(np.einsum("...r,r->...", columns, weights))


def crossed(columns: Sequence[Floats], weights: Floats) -> Floats:
    """The matrix of weighted sums of products of every two columns."""
    matrix = np.empty((len(columns), len(columns)))
    for i, column in enumerate(columns):
        weighted = column * weights
        for j in range(i + 1):
            matrix[i, j] = matrix[j, i] = dot(weighted, columns[j])
    return matrix


def softplus(z: Floats) -> tuple[Floats, Floats]:
    """Log of 1 + e^z, at half the cost of logaddexp, and its slope, the logistic function."""
    value = np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))
    return value, np.exp(z - value)


def gamma_rise(n: Floats, ends: Floats, start: float) -> tuple[float, float, float]:
    """Sum of n (log Gamma(end) - log Gamma(start)), and its first two derivatives.

    Those are the derivatives in what start and every end have in common.
    """
    total = float(n.sum())
    value, slope, bend = (
        dot(n, function(ends)) - total * float(function(start))
        for function in (gammaln, psi, trigamma)
    )
    return value, slope, bend


def trigamma(z: Floats | float) -> Floats:
    """The second derivative of log Gamma."""
    return np.asarray(polygamma(1, z))
