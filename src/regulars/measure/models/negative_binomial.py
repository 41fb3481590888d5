"""Counts of purchases at rates drawn from Gamma(r, alpha), for customers who do not leave."""

import numpy as np
from scipy.special import betainc, gammaln

from regulars.measure.models.inputs import Floats


def exactly(n: Floats, r: float, share: Floats) -> Floats:
    """Chance of exactly n purchases within t; share = t / (alpha + t)."""
    ways = gammaln(r + n) - gammaln(r) - gammaln(n + 1)
    return np.asarray(np.exp(ways + r * np.log1p(-share)) * share**n)


def at_least(n: Floats, r: float, share: Floats) -> Floats:
    """Chance of n purchases or more within t."""
    return np.where(n > 0, betainc(np.maximum(n, 1), r, share), 1.0)
