"""Nodes and weights for averages over a Gamma or a Beta distribution, of any shape.

Both are taken on a logarithmic scale, where they have one hump, by trapezoids in w along
centre + spread sinh w: close together at the hump, and far out where the tails are exponential.
Averages hold nine digits or more of functions as smooth on that scale as powers and their ratios.
"""

import numpy as np
from scipy.special import betaln, gammaln

from regulars.measure.models.inputs import Floats

_STEP = 0.08
_W = np.arange(-6.5, 6.5, _STEP)
# Farther to the right nothing of a Gamma is left, and exponentials overflow.
_W_GAMMA = _W[_W < 3.2]
_WIDEST = 3.0  # of a spread: nodes farther apart would miss what is averaged
_NEXT_TO_NOTHING = 1e-24  # of the heaviest weight


def gamma_nodes(shape: float) -> tuple[Floats, Floats]:
    """Logarithms of values of Gamma(shape, 1), and what each counts."""
    at, widths = _scale(np.log(shape + 1), shape + 1, _W_GAMMA)
    return _weighty(at, np.exp(shape * at - np.exp(at) - gammaln(shape)) * widths)


def beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Values of Beta(a, b), and what each counts."""
    log_odds, widths = _scale(np.log(a / b), a * b / (a + b), _W)
    log_p, log_rest = -np.logaddexp(0.0, -log_odds), -np.logaddexp(0.0, log_odds)
    return _weighty(np.exp(log_p), np.exp(a * log_p + b * log_rest - betaln(a, b)) * widths)


def _scale(centre: float, sharpness: float, w: Floats) -> tuple[Floats, Floats]:
    """Places on the logarithmic scale, and how much of it belongs to each."""
    spread = min(sharpness**-0.5, _WIDEST)
    return centre + spread * np.sinh(w), spread * np.cosh(w) * _STEP


def _weighty(nodes: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Without the nodes that count next to nothing."""
    kept = weights > _NEXT_TO_NOTHING * weights.max()
    return nodes[kept], weights[kept]
