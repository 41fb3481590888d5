"""MBG/CNBD-k and BG/CNBD-k: customers who buy at regular gaps, each made of k stages.

With k = 1 gaps are exponential and the models are MBG/NBD and BG/NBD; the larger k, the more even
the gaps, and the sooner silence tells that a customer has left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaln, expit, gammaln

from regulars.measure.models.cells import Groups
from regulars.measure.models.climb import fit_purchases
from regulars.measure.models.dropout import PARAMS, edge, first_guesses
from regulars.measure.models.dropout_likelihood import DropoutLikelihood, leaving_odds
from regulars.measure.models.fitted import Outcome, PurchaseModel
from regulars.measure.models.inputs import (
    BadInput,
    Floats,
    History,
    counts_by,
    customers,
    discounting,
    horizon,
    not_negative,
    whole,
)
from regulars.measure.models.negative_binomial import at_least, exactly
from regulars.measure.models.quadrature import beta_nodes, gamma_nodes
from regulars.measure.models.special import blocks

MOST_STAGES = 12
_ONE_BY_ONE = 256  # terms of a sum
_TOO_LITTLE = 1e-13  # of a sum
# Gauss-Legendre quadrature from a place to one a tenth farther out.
_WIDEN = 0.1
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(16)
_SHARES, _WEIGHTS = (_NODES + 1) / 2, _NODE_WEIGHTS / 2
_CUSTOMERS = 16  # averaged over rates and chances at once
_BELOW_ONE = float(np.nextafter(1.0, 0.0))
# A figure per row from the stage reached, x and h / (alpha + T + h).
_OfStage = Callable[[int, Floats, Floats], Floats]


@dataclass(frozen=True, eq=False, kw_only=True)
class RegularModel(PurchaseModel):
    """MBG/CNBD-k or BG/CNBD-k, as `leaves_at_start` says; rates are those of stages, not purchases.

    Errors are those at this k.
    """

    k: int
    leaves_at_start: bool

    def p_alive(self, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer has not left."""
        return self._alive(*customers(x, t_x, T))[0]

    def expected(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Purchases each customer is expected to make in the next `h`."""
        return self._ahead(self._purchases, h, *customers(x, t_x, T))

    def p_buys(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer buys at least once in the next `h`."""
        return self._ahead(self._first_purchase, h, *customers(x, t_x, T))

    def discounted(
        self, discount_rate: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Purchases each customer is expected to make from now on, discounted continuously."""
        return self._ahead(self._discounted, 1 / discounting(discount_rate), *customers(x, t_x, T))

    def pmf(self, n: ArrayLike, t: ArrayLike) -> Floats:
        """Probability of exactly `n` repeat purchases within `t` of the first."""
        counted, time = counts_by(n, t)
        r, alpha, a, b = self.estimates
        share, reached = time / (alpha + time), self.k * counted
        stays = np.exp(betaln(a, b + counted + self.leaves_at_start) - betaln(a, b))
        between = sum(exactly(reached + stage, r, share) for stage in range(self.k))
        log_odds, _ = leaving_odds(counted, a, b, leaves_at_start=self.leaves_at_start)
        return np.asarray(stays * (between + np.exp(log_odds) * at_least(reached, r, share)))

    def expected_since_start(self, t: ArrayLike) -> Floats:
        """Repeat purchases a new customer is expected to make within `t` of the first."""
        alpha = self.estimates[1]
        time = not_negative("t", t)
        share = np.atleast_1d(time / (alpha + time)).ravel()
        zero = np.zeros_like(share)
        alive, _ = self._alive(zero, zero, zero)
        return np.asarray((alive * self._purchases(0, zero, share)).reshape(time.shape))

    def _alive(self, x: Floats, t_x: Floats, T: Floats) -> tuple[Floats, Floats]:
        """Who has not left, and for them the chances of each number of stages since t_x."""
        r, alpha, a, b = self.estimates
        m, end = r + self.k * x, alpha + T
        ratio = (T - t_x) / end
        stages = np.ones((self.k, *x.shape))
        for j in range(1, self.k):
            stages[j] = stages[j - 1] * (m + j - 1) / j * ratio
        total = stages.sum(axis=0)
        log_odds, _ = leaving_odds(x, a, b, leaves_at_start=self.leaves_at_start)
        left = log_odds + m * np.log(end / (alpha + t_x)) - np.log(total)
        return np.asarray(expit(-left)), stages / total

    def _ahead(self, of_stage: _OfStage, h: float, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """What comes in the next h, averaged over the stage each customer may have reached.

        It is worked out once per stage and distinct pair of x and T.
        """
        alpha, ahead = self.estimates[1], horizon(h)
        alive, stages = self._alive(x, t_x, T)
        pairs = Groups.of(x.ravel(), T.ravel())
        counted = x.ravel()[pairs.first]
        share = ahead / (alpha + T.ravel()[pairs.first] + ahead)
        total = np.zeros(x.shape)
        for j in range(self.k):
            found = of_stage(j, counted, share)
            total += stages[j] * found[pairs.codes].reshape(x.shape)
        return np.asarray(alive * total)

    def _first_purchase(self, stage: int, x: Floats, share: Floats) -> Floats:
        r = self.estimates[0]
        return np.asarray(betainc(self.k - stage, r + self.k * x + stage, share))

    def _discounted(self, stage: int, x: Floats, share: Floats) -> Floats:
        """The discounts of all purchases ahead that come before leaving, where h is 1 / rate.

        For somebody whose stages come at y / (alpha + T), each is discounted by
        z = y / (y + 1 / share - 1); with p the chance of leaving after a purchase, the discounts
        add up to z^(k - stage) / (1 - (1 - p) z^k). That is averaged over the Gamma of y and the
        Beta of p, which hang on the stage and x alone.
        """
        r, _, a, b = self.estimates
        wait = np.log(1 / np.minimum(share, _BELOW_ONE) - 1)
        total = np.empty_like(x)
        for one in np.unique(x):
            log_y, of_y = gamma_nodes(r + self.k * one + stage)
            p, of_p = beta_nodes(a, b + one + self.leaves_at_start)
            alike = np.flatnonzero(x == one)
            for some in blocks(len(alike), _CUSTOMERS):
                log_z = -np.logaddexp(0.0, wait[alike[some], None] - log_y)
                lost, kept = -np.expm1(self.k * log_z), np.exp(self.k * log_z)
                add_up = (1 / (lost[..., None] + kept[..., None] * p)) @ of_p
                total[alike[some]] = (np.exp((self.k - stage) * log_z) * add_up) @ of_y
        return total

    def _purchases(self, stage: int, x: Floats, share: Floats) -> Floats:
        """The sum over n of the chance of coming to the n-th purchase and not leaving before it.

        Terms are added one by one as long as there are few, and integrated beyond: a horizon of
        many lives takes not many times as long.
        """
        total, rows = np.zeros_like(x), np.arange(len(x))
        for n in range(1, _ONE_BY_ONE + 1):
            gain = self._nth(float(n), stage, x[rows], share[rows])
            total[rows] += gain
            rows = rows[gain > _TOO_LITTLE * total[rows]]
            if not len(rows):
                return total
        total[rows] += self._beyond(stage, x[rows], share[rows])
        return total

    def _nth(self, n: Floats | float, stage: int, x: Floats, share: Floats) -> Floats:
        """The chance of coming to the n-th purchase ahead and not leaving before it."""
        r, _, a, b = self.estimates
        survived = b + x + self.leaves_at_start
        stays = np.exp(betaln(a, survived + n - 1) - betaln(a, survived))
        return np.asarray(stays * betainc(n * self.k - stage, r + self.k * x + stage, share))

    def _beyond(self, stage: int, x: Floats, share: Floats) -> Floats:
        """The sum of the terms after the first `_ONE_BY_ONE`, by the Euler-Maclaurin formula."""
        last, rows = float(_ONE_BY_ONE), np.arange(len(x))
        slope = self._nth(last + 1, stage, x, share) - self._nth(last, stage, x, share)
        total, start = slope / 24, last + 0.5
        while len(rows):
            width = _WIDEN * start
            nodes = start + width * _SHARES
            terms = self._nth(nodes, stage, x[rows, None], share[rows, None])
            gain = width * (terms @ _WEIGHTS)
            total[rows] += gain
            rows = rows[gain > _TOO_LITTLE * np.abs(total[rows])]
            start += width
        return total


class MBGCNBD(RegularModel):
    """MBG/CNBD-k: one-time buyers may have left as well."""


class BGCNBD(RegularModel):
    """BG/CNBD-k: nobody leaves before the first repeat purchase."""


def fit_mbg_cnbd_k(
    rows: History, log_gaps: float, *, k: int | None, start: Mapping[str, float] | None
) -> MBGCNBD:
    """MBG/CNBD-k by maximum likelihood, in k too where it is not given.

    Takes   rows: counted customers; log_gaps: the sum of the logarithms of all gaps between
            purchases; k: stages of a gap; start: parameters to climb from.
    Gives   r, alpha (rates of stages are Gamma(r, alpha)), a, b (chances of leaving are Beta(a,
            b)), and k from 1 to 12.
    Error   inverse Hessian at the optimum for that k: it does not hold the doubt about k.
    Beware  likelihoods are in the unit of time: compare those of one history in one unit only.
    Source  Platzer and Reutterer 2016; Reutterer, Platzer and Schroeder 2021; checked by planted
            parameters.
    """
    k, found = _fit("mbg_cnbd_k", rows, log_gaps, k, leaves_at_start=True, start=start)
    return MBGCNBD(**found, k=k, leaves_at_start=True)


def fit_bg_cnbd_k(
    rows: History, log_gaps: float, *, k: int | None, start: Mapping[str, float] | None
) -> BGCNBD:
    """BG/CNBD-k by maximum likelihood, in k too where it is not given.

    Takes   rows: counted customers; log_gaps: the sum of the logarithms of all gaps between
            purchases; k: stages of a gap; start: parameters to climb from.
    Gives   r, alpha (rates of stages are Gamma(r, alpha)), a, b (chances of leaving are Beta(a,
            b)), and k from 1 to 12.
    Error   inverse Hessian at the optimum for that k: it does not hold the doubt about k.
    Beware  as BG/NBD, it says of every one-time buyer that they have not left.
    Source  Platzer and Reutterer 2016; checked by planted parameters.
    """
    k, found = _fit("bg_cnbd_k", rows, log_gaps, k, leaves_at_start=False, start=start)
    return BGCNBD(**found, k=k, leaves_at_start=False)


def _fit(
    name: str,
    rows: History,
    log_gaps: float,
    k: int | None,
    *,
    leaves_at_start: bool,
    start: Mapping[str, float] | None,
) -> tuple[int, Outcome]:
    """The most likely k, tried upwards until the likelihood falls, and the fit at it."""
    if k is not None and whole("k", k) < 1:
        raise BadInput("k", f"k is {k}; wanted a whole number from 1 on", value=k)
    best: tuple[int, Outcome] | None = None
    for tried in range(1, MOST_STAGES + 1) if k is None else (k,):
        found = fit_purchases(
            name,
            PARAMS,
            rows,
            partial(DropoutLikelihood, k=tried, leaves_at_start=leaves_at_start),
            guesses=first_guesses(rows, k=tried, leaves_at_start=leaves_at_start),
            start=start,
            edge=edge,
        )
        if found["log_likelihood"] is not None:
            bought = float(rows.n @ rows.x)
            found["log_likelihood"] += (tried - 1) * log_gaps - bought * float(gammaln(tried))
        if best and _likelihood(found) <= _likelihood(best[1]):
            break
        best = tried, found
    assert best
    return best


def _likelihood(found: Outcome) -> float:
    reached = found["log_likelihood"]
    return -np.inf if reached is None else reached
