"""Dumb rules that every model must beat on this company's own past, or give way to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.measure.backtest import Origin
from regulars.measure.expected import Predictor

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule learned from one past window, to foretell a window as long.

    It knows nobody's chance of having left: `p_alive` is NaN.
    """

    horizon: int

    def p_alive(self, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """NaN: no rule says who has left."""
        return np.full(np.broadcast(x, t_x, T).shape, np.nan)

    def _refuse_other(self, h: float) -> None:
        if h != self.horizon:
            raise ValueError(f"h is {h:g}; this rule was learned for {self.horizon} days alone")


@dataclass(frozen=True, slots=True)
class Zero(Rule):
    """Nobody buys any more."""

    def expected(self, h: float, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """0 for everybody."""
        self._refuse_other(h)
        return np.zeros(np.broadcast(x, t_x, T).shape)

    def p_buys(self, h: float, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """0 for everybody."""
        return self.expected(h, x=x, t_x=t_x, T=T)


@dataclass(frozen=True, slots=True)
class LastValue(Rule):
    """Everybody buys as often as in the last window.

    That is known of customers who came within it. Of others `often` holds the mean by x, among
    those who bought in it, and `pace` the same per purchase day of their lives, where a number of
    purchases was not seen before. `odds`: for those who did not buy in it, and those who did.
    """

    often: FloatArray
    pace: float
    odds: tuple[float, float]

    def expected(self, h: float, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """As many purchase days as the last window held."""
        self._refuse_other(h)
        count, end = np.asarray(x, dtype=np.int64), np.asarray(T)
        often = self.often[np.minimum(count, self.often.size - 1)]
        is_known = (count < self.often.size) & ~np.isnan(often)
        lately = np.where(is_known, often, self.pace * (count + 1))
        lately = np.where(end < h, count + 1, lately)
        return np.where(_bought_lately(t_x, T, self.horizon), lately, 0.0)

    def p_buys(self, h: float, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """How many of the like bought again: of those who had in the window before, and had not."""
        self._refuse_other(h)
        odds = np.where(_bought_lately(t_x, T, self.horizon), self.odds[1], self.odds[0])
        return np.broadcast_to(odds, np.broadcast(x, t_x, T).shape).copy()


@dataclass(frozen=True, slots=True)
class Recency(Rule):
    """Only the days since the last purchase count, in steps of about 40 %."""

    odds: FloatArray
    purchases: FloatArray

    def expected(self, h: float, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """What customers as silent bought on average."""
        self._refuse_other(h)
        return self._by_step(self.purchases, x, t_x, T)

    def p_buys(self, h: float, *, x: Any, t_x: Any, T: Any) -> FloatArray:
        """How many customers as silent bought."""
        self._refuse_other(h)
        return self._by_step(self.odds, x, t_x, T)

    def _by_step(self, values: FloatArray, x: Any, t_x: Any, T: Any) -> FloatArray:
        step = np.minimum(_step(t_x, T), values.size - 1)
        return np.asarray(values[np.broadcast_arrays(step, x)[0]])


def _bought_lately(t_x: Any, T: Any, horizon: int) -> NDArray[np.bool_]:
    return np.asarray(T) - np.asarray(t_x) < horizon


def _step(t_x: Any, T: Any) -> NDArray[np.int64]:
    silent = np.asarray(T, dtype=np.float64) - np.asarray(t_x, dtype=np.float64)
    return np.asarray(np.floor(2 * np.log2(1 + silent)), dtype=np.int64)


def _last_value(before: Origin) -> LastValue:
    weight, bought = before.weight.astype(float), before.bought
    since = before.x + bought  # x as it stands at the end of the window
    came = bought > 0
    n = np.bincount(since[came], weight[came])
    total = np.bincount(since[came], (weight * bought)[came])
    often = np.divide(total, n, out=np.full(n.size, np.nan), where=n > 0)
    days = float(weight[came] @ (since[came] + 1))
    pace = float(total.sum()) / days if days else 0.0
    lately = _bought_lately(before.t_x, before.T, before.horizon)
    base = _share(came, weight)
    odds = [_drawn(weight @ (who & came), weight @ who, base) for who in (~lately, lately)]
    if not often.size:
        often = np.full(1, np.nan)
    return LastValue(before.horizon, often, pace, (float(odds[0]), float(odds[1])))


def _recency(before: Origin) -> Recency:
    weight, came = before.weight.astype(float), before.bought > 0
    step = _step(before.t_x, before.T)
    n = np.bincount(step, weight)
    odds = _drawn(np.bincount(step, weight * came), n, _share(came, weight))
    mean = float(weight @ before.bought / weight.sum())
    return Recency(before.horizon, odds, _drawn(np.bincount(step, weight * before.bought), n, mean))


def _share(came: NDArray[np.bool_], weight: FloatArray) -> float:
    return float(weight @ came / weight.sum())


def _drawn(total: Any, n: Any, overall: float) -> FloatArray:
    """A mean with one customer like all customers added."""
    return np.asarray((total + overall) / (n + 1))


RULES: Mapping[str, Callable[[Origin], Predictor]] = MappingProxyType(
    {
        "zero": lambda before: Zero(before.horizon),
        "last_value": _last_value,
        "recency": _recency,
    }
)


def learned(name: str, before: Origin) -> Predictor:
    """A rule by its name, learned from one window, for use at the end of it."""
    return RULES[name](before)
