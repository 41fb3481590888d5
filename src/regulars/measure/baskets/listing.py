"""The best of what customers do not know, by sparse arithmetic on blocks of them."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from regulars.measure.baskets.strength import DIGITS
from regulars.measure.models.special import blocks

Ints = NDArray[np.integer[Any]]
# Customers at once: with a few hundred candidates each, a hundred MB.
_CUSTOMERS = 10_000


class Listed(NamedTuple):
    """Customers and products by number, rank from 1, score, and of how many products it is."""

    customer: Ints
    product: Ints
    rank: Ints
    score: NDArray[np.float64]
    n_known: Ints


def best_unknown(
    strength: csr_array, closeness: csr_array, known: csr_array, *, at_most: int
) -> Listed:
    """Of each row of strength times closeness the highest scores of what is not known.

    Equal scores go by the product's number.
    """
    parts = [
        _best_of(rows.start, strength[rows], closeness, known[rows], at_most)
        for rows in blocks(max(strength.shape[0], 1), _CUSTOMERS)
    ]
    return Listed(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _best_of(
    first: int, strength: csr_array, closeness: csr_array, known: csr_array, at_most: int
) -> Listed:
    """The same for a block of customers, the first of whom has this number."""
    scores, counts = strength @ closeness, _ones(strength) @ _ones(closeness)
    # Two products of the same patterns come in one order, whatever it is.
    scores.data = scores.data.round(DIGITS)
    is_known = np.zeros(strength.shape[1], dtype=np.bool_)
    chosen, lengths = [], np.zeros(strength.shape[0], dtype=np.intp)
    for row in range(strength.shape[0]):
        own = known.indices[known.indptr[row] : known.indptr[row + 1]]
        at = np.arange(scores.indptr[row], scores.indptr[row + 1])
        is_known[own] = True
        at = at[~is_known[scores.indices[at]]]
        is_known[own] = False
        best = _highest(scores.data, scores.indices, at, at_most)
        chosen.append(best)
        lengths[row] = len(best)
    taken = np.concatenate([*chosen, np.empty(0, dtype=np.intp)])
    customer = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.cumsum(lengths) - lengths
    # Ten million rows are no rarity: half the width halves what they hold.
    return Listed(
        customer=(first + customer).astype(np.int32),
        product=scores.indices[taken].astype(np.int32),
        rank=(np.arange(len(taken)) - starts[customer] + 1).astype(np.int32),
        score=scores.data[taken],
        n_known=counts.data[taken].astype(np.int32),
    )


def _highest(scores: NDArray[np.float64], products: Ints, at: Ints, at_most: int) -> Ints:
    """The places of the highest scores among those given, the highest first."""
    if len(at) > at_most:
        values = scores[at]
        at = at[values >= np.partition(values, -at_most)[-at_most]]
    return at[np.lexsort((products[at], -scores[at]))][:at_most]


def _ones(matrix: csr_array) -> csr_array:
    """The same pattern, 1 everywhere."""
    return csr_array((np.ones_like(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape)
