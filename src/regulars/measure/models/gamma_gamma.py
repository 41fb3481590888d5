"""Gamma-Gamma: what customers spend on a purchase, apart from how often they buy."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, polygamma, psi, xlogy

from regulars.measure.models.cells import Levels, tally
from regulars.measure.models.fitted import Fitted, not_tried, outcome
from regulars.measure.models.inputs import (
    Floats,
    check_columns,
    counts,
    fitting,
    may_be_missing,
    numbers,
    refuse,
    starting_point,
    weights_for,
)
from regulars.measure.models.newton import Derivatives, added, maximise
from regulars.measure.models.special import blocks, dot, gamma_rise

PARAMS = ("p", "q", "gamma")


class GammaGamma(Fitted):
    """A customer's purchases are Gamma(p, nu), and nu is Gamma(q, gamma) over customers."""

    @property
    def mean(self) -> float:
        """What a customer of whom nothing is known spends on a purchase; infinite for q up to 1."""
        return float(self.expected_spend(x=0, mean_spend=0))

    def expected_spend(self, *, x: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """Each customer's mean spend on purchases to come, from that on `x` purchases so far."""
        counted, spent = _customers(x, mean_spend)
        p, q, gamma = self.estimates
        freedom = p * counted + q - 1
        expected = np.full(counted.shape, np.inf)
        np.divide(p * (gamma + counted * spent), freedom, out=expected, where=freedom > 0)
        return expected


class GammaGammaLikelihood:
    """Log-likelihood of (p, q, gamma) for customers with purchases and their mean spend on them.

    Only the scale gamma + x mean differs within an x; all else is worked out once per x.
    """

    def __init__(self, x: Floats, mean_spend: Floats, n: Floats) -> None:
        self.n, self.x, self.spent = n, Levels.of(x), x * mean_spend
        self.n_of_x, self.log_means = self.x.totals(n), np.log(mean_spend)
        by_x = self.x.totals(n * self.log_means)
        self.log_mean = float(by_x.sum())
        self.log_spent = dot(self.x.values, by_x) + dot(
            self.n_of_x, np.asarray(xlogy(self.x.values, self.x.values))
        )

    def rounded(self) -> "GammaGammaLikelihood":
        """The same customers with spend in steps of 3 %, those alike as one: for a first guess."""
        steps = np.rint(self.log_means * 32).astype(np.intp)
        lowest = int(steps.min())
        width = int(steps.max()) - lowest + 1
        keys = self.x.codes * width + (steps - lowest)
        cells, n = tally(keys, self.n, len(self.x.values) * width)
        mean_spend = np.exp((cells % width + lowest) / 32)
        return GammaGammaLikelihood(self.x.values[cells // width], mean_spend, n)

    def __call__(self, params: Floats) -> Derivatives:
        """Value, gradient and Hessian."""
        p, q, gamma = params
        x, total = self.x.values, float(self.n.sum())
        log_scale, per_scale, per_square = self._scales(gamma)
        rows = p * x + q
        value = total * q * np.log(gamma) + p * self.log_spent - self.log_mean - rows @ log_scale
        gradient = np.array(
            [
                self.log_spent - x @ log_scale,
                total * np.log(gamma) - log_scale.sum(),
                total * q / gamma - rows @ per_scale,
            ]
        )
        hessian = np.zeros((3, 3))
        hessian[0, 2] = hessian[2, 0] = -x @ per_scale
        hessian[1, 2] = hessian[2, 1] = total / gamma - per_scale.sum()
        hessian[2, 2] = rows @ per_square - total * q / gamma**2
        return added((float(value), gradient, hessian), self._counts(p, q))

    def _scales(self, gamma: float) -> Floats:
        """Sums over the customers of each x of log, reciprocal and its square of the scale."""
        sums = np.zeros((3, len(self.x.values)))
        for rows in blocks(len(self.n)):
            n, scale, codes = self.n[rows], gamma + self.spent[rows], self.x.codes[rows]
            terms = n * np.log(scale), n / scale, n / scale**2
            sums += [np.bincount(codes, term, minlength=sums.shape[1]) for term in terms]
        return sums

    def _counts(self, p: float, q: float) -> Derivatives:
        """The gamma functions; p moves those of an x by x times as much as q does."""
        there = self.n_of_x > 0
        n, x = self.n_of_x[there], self.x.values[there]
        value, in_q, in_qq = gamma_rise(n, p * x + q, q)
        both, own = psi(p * x + q), psi(p * x)
        bend, own_bend = polygamma(1, p * x + q), polygamma(1, p * x)
        gradient = np.array([n @ (x * (both - own)), in_q, 0.0])
        hessian = np.zeros((3, 3))
        hessian[0, 0] = n @ (x**2 * (bend - own_bend))
        hessian[0, 1] = hessian[1, 0] = n @ (x * bend)
        hessian[1, 1] = in_qq
        return value - float(n @ gammaln(p * x)), gradient, hessian


def fit_gamma_gamma(
    x: ArrayLike,
    mean_spend: ArrayLike,
    weights: ArrayLike | None,
    start: Mapping[str, float] | None,
) -> GammaGamma:
    """Gamma-Gamma by maximum likelihood.

    Takes   x: repeat purchases; mean_spend: mean spend on them, above 0; weights: customers a row
            stands for. Rows with x of 0 say nothing and are not counted.
    Gives   p, q, gamma; `mean` spend over customers, `expected_spend` of each.
    Error   inverse Hessian at the optimum.
    Beware  it takes spend and frequency for independent: look at their correlation first. Free
            and returned purchases do not fit into it.
    Source  Colombo and Jiang 1999; Fader and Hardie 2013; checked against their CDNOW estimates.
    """
    counted, spent = _customers(x, mean_spend)
    check_columns({"x": counted, "mean_spend": spent})
    n = weights_for(counted.size, weights)
    begin = starting_point(PARAMS, start)
    bought = (counted > 0) & (n > 0)
    if not bought.all():
        counted, spent, n = counted[bought], spent[bought], n[bought]
    why_not = _obstacle(spent, n)
    if why_not:
        return GammaGamma(**not_tried("gamma_gamma", round(float(n.sum())), why_not))
    likelihood = GammaGammaLikelihood(counted, spent, n)
    if begin is None:
        guess = np.array([2.0, 3.0, float(n @ spent / n.sum())])
        rough = maximise(likelihood.rounded(), guess, gap=1e-3)
        begin = rough.params if rough.converged else guess
    climbed = maximise(likelihood, begin)
    return GammaGamma(**outcome("gamma_gamma", PARAMS, climbed, round(float(n.sum())), _edge))


def _customers(x: ArrayLike, mean_spend: ArrayLike) -> tuple[Floats, Floats]:
    """Checked columns of any shape; what is said of no purchases is not looked at."""
    given = may_be_missing("mean_spend", mean_spend)
    counted, given = fitting({"x": counts("x", x), "mean_spend": given})
    spent = numbers("mean_spend", np.where(counted > 0, given, 0.0))
    wanted = "wanted above 0; the model knows no free or returned purchases"
    refuse("mean_spend", spent, (counted > 0) & (spent <= 0), wanted)
    return counted, spent


def _obstacle(spent: Floats, n: Floats) -> str | None:
    if not len(spent):
        return "no_repeat_buyers"
    if n.sum() <= len(PARAMS):
        return "too_few"
    return "all_alike" if np.ptp(spent) == 0 else None


def _edge(params: Floats) -> str:
    return "all_alike" if max(params[:2]) > 50 else "on_the_edge"
