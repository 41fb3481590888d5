"""Gamma-Gamma: what customers spend on a purchase, apart from how often they buy."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, polygamma, psi, xlogy

from regulars.measure.models.cells import Levels
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
_SAMPLE = 40_000  # customers, for a first guess


class GammaGamma(Fitted):
    """A customer's purchases are Gamma(p, nu), and nu is Gamma(q, gamma) over customers."""

    @property
    def mean(self) -> float:
        """What a customer of whom nothing is known spends on a purchase; infinite for q up to 1."""
        return float(self.expected_spend(x=0, mean_spend=0))

    def expected_spend(self, *, x: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """Each customer's mean spend on purchases to come, from that on `x` purchases so far."""
        counted, spent = _customers(_columns(x, mean_spend))
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
        self.x, self.mean_spend, self.n, self.total = x, mean_spend, n, float(n.sum())
        levels = Levels.of(x)
        n_of_x = levels.totals(n)
        self.n_of_x, self.values = n_of_x[n_of_x > 0], levels.values[n_of_x > 0]
        ((log_spent, self.log_mean),) = self._sums(lambda _, mean: [np.log(mean)])
        self.log_spent = log_spent + dot(self.n_of_x, np.asarray(xlogy(self.values, self.values)))

    def __call__(self, params: Floats) -> Derivatives:
        """Value, gradient and Hessian."""
        p, q, gamma = params
        of_purchases, of_customers = self._sums(partial(_of_scale, gamma=gamma)).T
        log_scale, per_scale, per_square = p * of_purchases + q * of_customers
        value = self.total * q * np.log(gamma) + p * self.log_spent - self.log_mean - log_scale
        gradient = np.array(
            [
                self.log_spent - of_purchases[0],
                self.total * np.log(gamma) - of_customers[0],
                self.total * q / gamma - per_scale,
            ]
        )
        hessian = np.zeros((3, 3))
        hessian[0, 2] = hessian[2, 0] = -of_purchases[1]
        hessian[1, 2] = hessian[2, 1] = self.total / gamma - of_customers[1]
        hessian[2, 2] = per_square - self.total * q / gamma**2
        return added((float(value), gradient, hessian), self._counts(p, q))

    def _sums(self, terms: Callable[[Floats, Floats], Sequence[Floats]]) -> Floats:
        """Of each term of x and mean spend the sums over all purchases and over all customers."""
        sums = []
        for rows in blocks(len(self.n)):
            x, n = self.x[rows], self.n[rows]
            bought = n * x
            found = terms(x, self.mean_spend[rows])
            sums.append([(dot(bought, term), dot(n, term)) for term in found])
        return np.sum(sums, axis=0)

    def _counts(self, p: float, q: float) -> Derivatives:
        """The gamma functions; p moves those of an x by x times as much as q does."""
        n, x = self.n_of_x, self.values
        value, in_q, in_qq = gamma_rise(n, p * x + q, q)
        both, own = psi(p * x + q), psi(p * x)
        bend, own_bend = polygamma(1, p * x + q), polygamma(1, p * x)
        gradient = np.array([n @ (x * (both - own)), in_q, 0.0])
        hessian = np.zeros((3, 3))
        hessian[0, 0] = n @ (x**2 * (bend - own_bend))
        hessian[0, 1] = hessian[1, 0] = n @ (x * bend)
        hessian[1, 1] = in_qq
        return value - float(n @ gammaln(p * x)), gradient, hessian


def _of_scale(x: Floats, mean_spend: Floats, *, gamma: float) -> tuple[Floats, Floats, Floats]:
    """Logarithm, reciprocal and its square of gamma + x mean."""
    scale = gamma + x * mean_spend
    per_scale = 1 / scale
    return np.log(scale), per_scale, per_scale**2


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
    columns = _columns(x, mean_spend)
    check_columns(columns)
    counted, spent = _customers(columns)
    n = weights_for(counted.size, weights)
    begin = starting_point(PARAMS, start)
    bought = (counted > 0) & (n > 0)
    if not bought.all():
        counted, spent, n = counted[bought], spent[bought], n[bought]
    why_not = _obstacle(spent, n)
    if why_not:
        return GammaGamma(**not_tried("gamma_gamma", round(float(n.sum())), why_not))
    if begin is None:
        begin = _first_guess(counted, spent, n)
    climbed = maximise(GammaGammaLikelihood(counted, spent, n), begin)
    return GammaGamma(**outcome("gamma_gamma", PARAMS, climbed, round(float(n.sum())), _edge))


def _first_guess(x: Floats, spent: Floats, n: Floats) -> Floats:
    """Where to begin: where a fit of one in so many customers ends, if there are many."""
    guess = np.array([2.0, 3.0, float(n @ spent / n.sum())])
    one_in = len(x) // _SAMPLE
    if one_in < 2:
        return guess
    few = GammaGammaLikelihood(x[::one_in].copy(), spent[::one_in].copy(), n[::one_in])
    rough = maximise(few, guess, gap=1e-3)
    return rough.params if rough.converged else guess


def _columns(x: ArrayLike, mean_spend: ArrayLike) -> dict[str, Floats]:
    """Columns of numbers; a mean spend of no purchases may be missing."""
    return {"x": counts("x", x), "mean_spend": may_be_missing("mean_spend", mean_spend)}


def _customers(columns: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Purchases and spend fitting each other; what is said of no purchases is not looked at."""
    counted, given = fitting(columns)
    bought = counted > 0
    spent = numbers("mean_spend", given if bought.all() else np.where(bought, given, 0.0))
    wanted = "wanted above 0; the model knows no free or returned purchases"
    refuse("mean_spend", spent, bought & (spent <= 0), wanted)
    return counted, spent


def _obstacle(spent: Floats, n: Floats) -> str | None:
    if not len(spent):
        return "no_repeat_buyers"
    if n.sum() <= len(PARAMS):
        return "too_few"
    return "all_alike" if np.ptp(spent) == 0 else None


def _edge(params: Floats) -> str:
    return "all_alike" if max(params[:2]) > 50 else "on_the_edge"
