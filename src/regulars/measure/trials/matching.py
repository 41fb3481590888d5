"""Where nobody was held out: customers who got it beside others who were like them before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.figure import Figure
from regulars.measure.intervals import normal_quantile
from regulars.measure.models.inputs import BadInput, Floats
from regulars.measure.trials.effect import excludes_zero
from regulars.measure.trials.inputs import Mask, above_zero, assigned, between, covariate_table

Ints = NDArray[np.int64]
_BALANCED = 0.1  # standard deviations
_LOT = 1e-9  # the same: too little to change who is nearest, unless several are


@dataclass(frozen=True, slots=True)
class Balance:
    """One covariate before and after matching; gaps are in standard deviations."""

    covariate: str
    treated_mean: float
    control_mean: float
    gap: float
    matched_treated_mean: float
    matched_control_mean: float
    matched_gap: float


@dataclass(frozen=True, slots=True)
class Matched:
    """The effect on the treated customers who found a neighbour, and how alike both sides are."""

    effect: Figure
    standard_error: float | None
    n_treated: int
    n_matched: int  # of the treated; the others have nobody like them and are left out
    n_controls_used: int
    balance: Sequence[Balance]
    treated_rows: Ints  # of each pair, in the arrays given
    control_rows: Ints

    @property
    def is_balanced(self) -> bool:
        """Whether no covariate is a tenth of a standard deviation apart any more."""
        return bool(self.balance) and all(abs(one.matched_gap) < _BALANCED for one in self.balance)

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out no effect at all."""
        return excludes_zero(self.effect)


def match(
    outcome: ArrayLike,
    is_treated: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    caliper: float = 0.25,
    seed: int = 1,
    level: float = 0.95,
) -> Matched:
    """The effect on those treated, beside others who were like them before.

    Takes   outcome: one per customer. is_treated: true or false. covariates: name -> numbers from
            before the treatment, such as prior spend, recency and frequency; take the logarithm of
            what has a long tail. caliper: by how many standard deviations a neighbour may differ,
            in any covariate. seed: draws between neighbours exactly alike.
    Gives   a Matched: the effect, the balance of each covariate before and after, and the pairs.
            Each treated customer gets the nearest other one, who may serve several; those without
            one within the caliper are left out. Too few pairs: unknown (`too_few_pairs`).
    Error   Abadie and Imbens's, which counts how often a neighbour serves, after their correction
            of what difference is left by regression on the covariates. Normal interval at `level`.
    Beware  only what is in the covariates is made alike. Whatever else made some customers get the
            treatment (they asked for it, staff liked them) stays in the effect. It is a hint where
            no holdout was kept, and no proof; read `is_balanced` and `n_matched` first.
    Source  Abadie and Imbens 2006, Econometrica 74; 2011, Journal of Business and Economic
            Statistics 29; balance: Austin 2009, Statistics in Medicine 28. Checked by recovering a
            planted effect.
    """
    y, treated = assigned(outcome, is_treated)
    table = covariate_table(covariates, y.size)
    between("level", level, 0, 1)
    above_zero("caliper", caliper)
    if min(treated.sum(), (~treated).sum()) < 2:
        raise BadInput("is_treated", "is_treated leaves fewer than two customers on one side")
    scale = _scale(table, treated)
    z = table / scale
    rows, partners = _nearest(z, treated, caliper, np.random.default_rng(seed))
    used, times = np.unique(partners, return_counts=True)
    balance = _balance(list(covariates), table, scale, treated, rows, partners)
    effect, error = Figure.unknown("too_few_pairs", n=rows.size, needs=z.shape[1] + 3), None
    if used.size >= z.shape[1] + 3:
        left = y - _foretold(z, y, used, times)
        gaps = left[rows] - left[partners]
        value = float(gaps.mean())
        again = times * (times - 1) * _own_variance(z, left, ~treated, used)
        error = sqrt(float(((gaps - value) ** 2).sum() + again.sum())) / rows.size
        half = normal_quantile(level) * error
        effect = Figure(
            value, value - half, value + half, n=rows.size, level=level, method="matching"
        )
    return Matched(
        effect=effect,
        standard_error=error,
        n_treated=int(treated.sum()),
        n_matched=rows.size,
        n_controls_used=used.size,
        balance=balance,
        treated_rows=rows,
        control_rows=partners,
    )


def _scale(table: Floats, treated: Mask) -> Floats:
    """A standard deviation of each covariate, both sides counting alike; 1 where all are equal."""
    variance = (table[treated].var(axis=0, ddof=1) + table[~treated].var(axis=0, ddof=1)) / 2
    return np.where(variance > 0, np.sqrt(variance), 1.0)


def _nearest(
    z: Floats, treated: Mask, caliper: float, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Rows of the treated with a neighbour within the caliper, and the rows of these neighbours."""
    from scipy.spatial import KDTree

    # Customers exactly alike are drawn by lot: without it the first of them would serve for all.
    lots = z + rng.uniform(-_LOT, _LOT, z.shape)
    ours, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    distance, place = KDTree(lots[others]).query(
        lots[ours], p=np.inf, distance_upper_bound=caliper + 2 * _LOT
    )
    is_found = np.isfinite(distance)
    return ours[is_found], others[place[is_found]]


def _foretold(z: Floats, y: Floats, used: Ints, times: Ints) -> Floats:
    """What a regression among the neighbours, each as often as it serves, says of every outcome."""
    design = np.column_stack((np.ones(len(z)), z))
    root = np.sqrt(times)
    fit = np.linalg.lstsq(design[used] * root[:, None], y[used] * root)[0]
    foretold: Floats = design @ fit
    return foretold


def _own_variance(z: Floats, left: Floats, side: Mask, of: Ints) -> Floats:
    """The variance of each outcome around its mean, from its nearest neighbour on the same side."""
    from scipy.spatial import KDTree

    rows = np.flatnonzero(side)
    near = rows[KDTree(z[rows]).query(z[of], k=2, p=np.inf)[1]]
    # Among customers exactly alike the first found need not be the customer itself.
    partner = np.where(near[:, 0] == of, near[:, 1], near[:, 0])
    variance: Floats = (left[of] - left[partner]) ** 2 / 2
    return variance


def _balance(
    names: Sequence[str], table: Floats, scale: Floats, treated: Mask, rows: Ints, partners: Ints
) -> tuple[Balance, ...]:
    sides = (table[treated], table[~treated], table[rows], table[partners])
    means = [side.mean(axis=0) if len(side) else np.full(len(scale), np.nan) for side in sides]
    before, after = (means[0] - means[1]) / scale, (means[2] - means[3]) / scale
    columns = zip(
        names, *(each.tolist() for each in (*means[:2], before, *means[2:], after)), strict=True
    )
    return tuple(Balance(*column) for column in columns)
