"""When each customer's next purchase is due, with a band, and since when it is overdue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincc, betainccinv

from regulars.measure.models import BadInput, PurchaseModel
from regulars.measure.models.inputs import customers

FloatArray = NDArray[np.float64]

_FAR_OUT = 1e-250


@dataclass(frozen=True, slots=True)
class Due:
    """Days from today until the next purchase of each customer who has not left.

    Bands hold the middle 50 and 80 %. `late_after`: days from today to the end of the 80 % band as
    it stood on the day of the last purchase; below zero the customer is overdue, for as many days.
    `p_alive`: the chance that there is a next purchase to wait for.
    """

    median: FloatArray
    low_50: FloatArray
    high_50: FloatArray
    low_80: FloatArray
    high_80: FloatArray
    late_after: FloatArray
    p_alive: FloatArray

    @property
    def is_overdue(self) -> NDArray[np.bool_]:
        """Silent for longer than nine of ten gaps of such a customer."""
        return self.late_after < 0


def due(model: PurchaseModel, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Due:
    """When the next purchase is to be expected, given the own rhythm and the silence so far.

    Takes   a fitted model with r and alpha (and k, if regular); customers as it takes them.
    Gives   a Due in the model's unit of time, as many values as customers. Add `median` to today
            for the date.
    Error   the bands hold what is not known of a customer's rate, and chance; not the errors of r
            and alpha. `bench/due.py` says how many returns they held.
    Beware  given that the customer has not left: read `p_alive` beside it. After one purchase alone
            the rhythm is that of the shop, and the band as wide as its customers differ. No season.
    Source  rates are Gamma(r + kx, alpha + time) after x gaps of k stages, so that the share of a
            gap in the time until its end is Beta(k, r + kx), inverted in closed form.
    """
    params = model.params or {}
    if model.identifiable and not {"r", "alpha"} <= set(params):
        raise BadInput("model", f"model is {model.name}; wanted one with r and alpha")
    p_alive = model.p_alive(x=x, t_x=t_x, T=T)
    count, last, end = customers(x, t_x, T)
    k = float(getattr(model, "k", 1))
    gap = _Gap(k, params["r"] + k * count, params["alpha"] + last, end - last)
    return Due(
        median=gap.left(0.5),
        low_50=gap.left(0.25),
        high_50=gap.left(0.75),
        low_80=gap.left(0.1),
        high_80=gap.left(0.9),
        late_after=gap.whole(0.9) - (end - last),
        p_alive=p_alive,
    )


@dataclass(frozen=True, slots=True)
class _Gap:
    """The gap after the last purchase: k stages, their rate Gamma(m, beta), `silent` so far."""

    k: float
    m: FloatArray
    beta: FloatArray
    silent: FloatArray

    def left(self, q: float) -> FloatArray:
        """Days from today by which the share q of such customers have come."""
        # Exact for one stage; far out, where hardly a gap is as long, any gap goes on like that.
        with np.errstate(over="ignore"):
            on_and_on = (self.beta + self.silent) * np.expm1(-np.log1p(-q) / self.m)
        if self.k == 1:
            return np.asarray(on_and_on)
        now = betaincc(self.k, self.m, self.silent / (self.beta + self.silent))
        left = np.maximum(self._at((1 - q) * now) - self.silent, 0.0)
        return np.where(now > _FAR_OUT, left, on_and_on)

    def whole(self, q: float) -> FloatArray:
        """Days from the last purchase by which the share q had come, as seen on that day."""
        return self._at(np.full_like(self.beta, 1 - q))

    def _at(self, longer: FloatArray) -> FloatArray:
        """The gap that this share of gaps are longer than; infinite beyond what floats can hold."""
        share = betainccinv(self.k, self.m, longer)
        with np.errstate(divide="ignore"):
            return np.asarray(self.beta * share / (1 - share))
