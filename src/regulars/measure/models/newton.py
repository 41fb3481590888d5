"""Newton's method for likelihoods of positive parameters, with exact derivatives and safeguards."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from regulars.measure.models.inputs import Floats

# Value, gradient and Hessian.
Derivatives = tuple[float, Floats, Floats]
LogLikelihood = Callable[[Floats], Derivatives]

_MAX_STEPS = 100
_LONGEST_STEP = 1.5  # of a log parameter
_FARTHEST = 16.0  # a log parameter this far from its start, a factor of 1e7, is at infinity
_GAP = 1e-12  # the log-likelihood still to be gained one step before what we call the optimum
_ROUNDING = 1e-15  # of the log-likelihood: less than this cannot be seen in a sum over many rows


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the climb ended; the Hessian is that in log parameters."""

    params: Floats
    value: float
    hessian: Floats
    converged: bool
    ran_away: bool
    iterations: int


def added(*parts: Derivatives) -> Derivatives:
    """The derivatives of a sum."""
    return (
        sum(value for value, _, _ in parts),
        np.sum([gradient for _, gradient, _ in parts], axis=0),
        np.sum([hessian for _, _, hessian in parts], axis=0),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    theta: Floats
    value: float
    gradient: Floats
    hessian: Floats

    @classmethod
    def at(cls, log_likelihood: LogLikelihood, theta: Floats) -> "_Place":
        """The derivatives with respect to the logarithms of the parameters."""
        params = np.exp(theta)
        value, gradient, hessian = log_likelihood(params)
        slope = params * gradient
        return cls(theta, value, slope, params[:, None] * hessian * params + np.diag(slope))


def maximise(log_likelihood: LogLikelihood, start: Floats, *, gap: float = _GAP) -> Optimum:
    """Climb from `start` until less than `gap` of log-likelihood is left to gain.

    `log_likelihood` gives value, gradient and Hessian at the parameters; the climb is in their
    logarithms. A direction that curves upwards is walked as if it curved downwards as much, steps
    are capped, and a step that loses is halved. A climb towards infinity stops far out.
    """
    begin = np.log(start)
    here = _Place.at(log_likelihood, begin)
    converged = ran_away = False
    iterations = 0
    while not (converged or ran_away) and iterations < _MAX_STEPS:
        iterations += 1
        step, curves_down = _newton_step(here)
        enough = max(gap, _ROUNDING * abs(here.value))
        converged = curves_down and float(here.gradient @ step) < 2 * enough
        if not converged:
            there = _climb(log_likelihood, here, step)
            if there is None:
                break
            here = there
            ran_away = bool(np.abs(here.theta - begin).max() > _FARTHEST)
    # The last step is taken too, but gains too little to be worth another look around.
    end = here.theta + step if converged else here.theta
    return Optimum(np.exp(end), float(here.value), here.hessian, converged, ran_away, iterations)


def _newton_step(here: _Place) -> tuple[Floats, bool]:
    """The step, and whether the surface curves downwards in every direction."""
    curvature, axes = np.linalg.eigh(-here.hessian)
    steepness = np.abs(curvature)
    steepness = np.maximum(steepness, 1e-12 * steepness.max() + np.finfo(float).tiny)
    return axes @ ((axes.T @ here.gradient) / steepness), bool(curvature[0] > 0)


def _climb(log_likelihood: LogLikelihood, here: _Place, step: Floats) -> _Place | None:
    """Where the capped step, half of it, a quarter, ... first does not lose; None if nowhere."""
    step = step * min(1.0, _LONGEST_STEP / float(np.abs(step).max()))
    rounding = 100 * _ROUNDING * abs(here.value)
    for halving in range(30):
        there = _Place.at(log_likelihood, here.theta + step / 2**halving)
        if there.value >= here.value - rounding and np.isfinite(there.hessian).all():
            return there
    return None
