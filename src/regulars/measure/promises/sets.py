"""Each broken promise beside kept ones to customers who were like that one before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.measure.models.inputs import Floats, Mask

Ints = NDArray[np.int64]
_LOT = 1e-9  # standard deviations: too little to change who is nearest, unless several are


@dataclass(frozen=True, slots=True)
class Sets:
    """Rows of broken promises, and of the kept ones beside each; no row stands in two sets."""

    broken: Ints
    partners: Ints
    set_of_partner: Ints  # a place in `broken`
    n_without_cell: int  # broken ones where nothing was kept that is equal in what must be equal
    n_without_neighbour: int  # others with nobody near enough, or near ones beside others already

    @property
    def sizes(self) -> Ints:
        """How many partners each has."""
        return np.bincount(self.set_of_partner, minlength=self.broken.size)

    def partners_mean(self, values: Floats) -> Floats:
        """The mean of the partners' values, set by set."""
        total = np.bincount(self.set_of_partner, values[self.partners], minlength=self.broken.size)
        mean: Floats = total / self.sizes
        return mean


def matched_sets(
    cells: Ints, near: Floats, is_broken: Mask, *, caliper: float, partners: int, seed: int
) -> Sets:
    """The nearest kept promises of the same cell for each broken one, none of them used twice.

    Takes   cells: what must be equal, as one number per row. near: what must be alike, a column
            each, in standard deviations. caliper: by how much a partner may differ, in any column.
            partners: the most that one broken promise gets. seed: draws between rows exactly alike.
    Gives   Sets. Round by round each broken promise gets one more partner; a kept one that is the
            nearest of several goes to the closest of them.
    Error   exact.
    Beware  greedy: the sum of all distances is not the least possible.
    Source  Ming and Rosenbaum 2000, Biometrics 56 (several partners each); Rosenbaum 2020, Design
            of Observational Studies, chapter 9.
    """
    lots = near + np.random.default_rng(seed).uniform(-_LOT, _LOT, near.shape)
    # Another cell is out of reach whatever else is equal.
    z = np.column_stack((cells * (2 * caliper + 1), lots))
    ours = np.flatnonzero(is_broken)
    free = np.flatnonzero(~is_broken & np.isin(cells, cells[is_broken]))
    seeking = ours[np.isin(cells[ours], cells[free])]
    n_without_cell = ours.size - seeking.size
    served, taken = [], []
    for _ in range(partners):
        seeking, chosen = _one_each(z, seeking, free, caliper + 3 * _LOT)
        free = np.setdiff1d(free, chosen, assume_unique=True)
        served.append(seeking)
        taken.append(chosen)
    broken, set_of_partner = np.unique(np.concatenate(served), return_inverse=True)
    return Sets(
        broken=broken,
        partners=np.concatenate(taken),
        set_of_partner=set_of_partner,
        n_without_cell=n_without_cell,
        n_without_neighbour=ours.size - n_without_cell - broken.size,
    )


def _one_each(z: Floats, seeking: Ints, free: Ints, reach: float) -> tuple[Ints, Ints]:
    """Rows that found a neighbour within reach, and the neighbour of each."""
    from scipy.spatial import KDTree

    nobody = np.empty(0, dtype=np.int64)
    ours, theirs = [nobody], [nobody]
    while seeking.size and free.size:
        found = KDTree(z[free]).query(z[seeking], p=np.inf, distance_upper_bound=reach)
        distance, place = (np.asarray(each) for each in found)
        is_found = np.isfinite(distance)
        seeking, distance, place = seeking[is_found], distance[is_found], place[is_found]
        by_distance = np.argsort(distance, kind="stable")
        chosen, first = np.unique(place[by_distance], return_index=True)
        closest = by_distance[first]
        ours.append(seeking[closest])
        theirs.append(free[chosen])
        seeking, free = np.delete(seeking, closest), np.delete(free, chosen)
    return np.concatenate(ours), np.concatenate(theirs)
