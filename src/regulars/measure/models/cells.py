"""Customers alike counted once: a likelihood needs each (x, t_x, T) only once, with its number."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regulars.measure.models.inputs import Floats, History

# Below this, whole numbers are numbered by themselves; above, by sorting.
_MAX_TABLE = 1 << 22
_KEY_BITS = 62


@dataclass(frozen=True, slots=True)
class Levels:
    """A column as its possible values and, per row, which of them: costly terms once per value."""

    values: Floats
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, column: Floats, *, most: int = _MAX_TABLE) -> Self:
        """Whole numbers below `most`, and not far above the rows, code themselves unsorted."""
        top = float(column.max(initial=0.0))
        if top < min(most, 1024 + 4 * column.size):
            codes = column.astype(np.intp)
            if np.array_equal(codes, column):
                return cls(np.arange(int(top) + 1, dtype=np.float64), codes)
        values, codes = np.unique(column, return_inverse=True)
        return cls(values, codes.astype(np.intp))

    def totals(self, amounts: Floats) -> Floats:
        """The sum of an amount over the rows of each value."""
        if amounts.strides == (0,):  # one amount for every row: counting will do
            n = np.bincount(self.codes, minlength=len(self.values))
            return n * amounts[:1].sum()
        return np.bincount(self.codes, amounts, minlength=len(self.values))


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows alike in every column: a row of each group, and the group of each row."""

    first: NDArray[np.intp]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, *columns: Floats) -> Self:
        """Group rows by one key packed from the columns: by a table where it is small."""
        key, n_keys = _packed(*columns)
        bits = len(key).bit_length()
        if n_keys << bits >= 1 << 63:
            _, key = np.unique(key, return_inverse=True)
        if n_keys > _MAX_TABLE:
            return cls._sorted(key, bits)
        row_of = np.full(n_keys, -1, dtype=np.intp)
        row_of[key] = np.arange(len(key))
        used = row_of >= 0
        return cls(row_of[used], (np.cumsum(used) - 1)[key])

    @classmethod
    def _sorted(cls, key: NDArray[np.int64], bits: int) -> Self:
        """Sort keys that carry their row in the low bits: far faster than an argsort."""
        ordered = np.sort((key << bits) | np.arange(len(key)))
        rows = ordered & ((1 << bits) - 1)
        is_new = np.diff(ordered >> bits, prepend=-1) > 0
        codes = np.empty(len(key), dtype=np.intp)
        codes[rows] = np.cumsum(is_new) - 1
        return cls(rows[is_new], codes)


def _packed(*columns: Floats) -> tuple[NDArray[np.int64], int]:
    """One whole number per row, equal where every column is equal, and what it stays below.

    What would not fit beside the next column is numbered afresh first.
    """
    key = np.zeros(len(columns[0]), dtype=np.int64)
    n_keys = 1
    for column in columns:
        levels = Levels.of(column)
        if n_keys * len(levels.values) >= 1 << 62:
            _, key = np.unique(key, return_inverse=True)
            n_keys = len(key)
        key = key * len(levels.values) + levels.codes
        n_keys *= len(levels.values)
    return key, n_keys


def collapse(rows: History) -> History:
    """Customers alike as one row with their number, from rows of as many customers each.

    Rows of different numbers are cells already, and of times too fine for one sortable key hardly
    two are alike: both stay as they are.
    """
    columns = [Levels.of(column) for column in (rows.x, rows.t_x, rows.T)]
    widths = [(len(column.values) - 1).bit_length() for column in columns]
    if np.ptp(rows.n) > 0 or sum(widths) > _KEY_BITS:
        return rows
    key = np.zeros(len(rows), dtype=np.int64)
    for column, width in zip(columns, widths, strict=True):
        key <<= width
        key |= column.codes
    key.sort()
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    n, key = rows.n[0] * np.diff(starts, append=len(key)), key[starts]
    unpacked = []
    for column, width in zip(reversed(columns), reversed(widths), strict=True):
        unpacked.append(column.values[key & ((1 << width) - 1)])
        key >>= width
    T, t_x, x = unpacked
    return History(x, t_x, T, n)


def coarsen(rows: History, n_steps: int) -> History:
    """The same customers on a grid of `n_steps` of time: few cells, for a first guess.

    Times of an x become their mean within a step, so that only their spread there is lost.
    """
    step, width = float(rows.T.max()) / n_steps, n_steps + 1
    x = Levels.of(rows.x, most=_MAX_TABLE // width)
    # A quotient may come out a hair above n_steps.
    last, end = (
        np.minimum(np.ceil(times / step), n_steps).astype(np.intp) for times in (rows.t_x, rows.T)
    )
    x_last, x_end = x.codes * width + last, x.codes * width + end
    cells, n = tally(x_last * width + end, rows.n, len(x.values) * width**2)
    of_last, of_end = cells // width, cells // width**2 * width + cells % width
    t_x, T = _means(rows.n, rows.t_x, x_last)[of_last], _means(rows.n, rows.T, x_end)[of_end]
    return History(x.values[cells // width**2], np.minimum(t_x, T), T, n)


def tally(keys: NDArray[np.intp], n: Floats, n_keys: int) -> tuple[NDArray[np.intp], Floats]:
    """The keys there are, and how many customers have each."""
    if n_keys > _MAX_TABLE:
        distinct, codes = np.unique(keys, return_inverse=True)
        return distinct, np.bincount(codes, n)
    counts = np.bincount(keys, n, minlength=n_keys)
    there = np.flatnonzero(counts)
    return there, counts[there]


def _means(n: Floats, times: Floats, keys: NDArray[np.intp]) -> Floats:
    """The mean time of each key; 0 where there is nobody."""
    totals, counts = np.bincount(keys, n * times), np.bincount(keys, n)
    return totals / np.where(counts > 0, counts, 1.0)
