"""What a fit gives: estimates with their errors, or the reason why there are none."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from types import MappingProxyType
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike

from regulars.measure.models.inputs import Floats
from regulars.measure.models.newton import Optimum

WHY_NOT: Mapping[str, str] = MappingProxyType(
    {
        "too_few": "there are not more customers than the model has parameters",
        "no_repeat_buyers": "nobody has bought a second time",
        "all_alike": "customers differ too little for the spread between them to be measured",
        "no_dropout_seen": "nobody can be told to have left",
        "on_the_edge": "the likelihood grows without end towards parameters of zero or infinity",
        "no_optimum": "the likelihood was not brought to its highest point",
    }
)
_MAPPINGS = ("params", "standard_errors")
# With a larger error a log parameter is open by a factor of 50 either way: not determined.
_WIDEST_ERROR = 4.0


class NotIdentifiable(ValueError):
    """A prediction was asked of a model that its history could not determine."""

    def __init__(self, model: str, why_not: str) -> None:
        super().__init__(
            f"{model} is not identifiable from this history ({why_not}): {WHY_NOT[why_not]}"
        )
        self.model, self.why_not = model, why_not


@dataclass(frozen=True, eq=False, kw_only=True)
class Fitted:
    """A fitted model.

    `params` and `standard_errors` are in the literature's order, `covariance` in the same; all
    three and `log_likelihood` are None where `identifiable` is False, and `why_not` is then a code
    of `WHY_NOT`. `iterations` counts the steps of Newton's method in the last climb.
    """

    name: str
    params: Mapping[str, float] | None
    standard_errors: Mapping[str, float] | None
    covariance: Floats | None = field(repr=False)
    log_likelihood: float | None
    n_customers: int
    converged: bool
    identifiable: bool
    why_not: str | None
    iterations: int

    def __post_init__(self) -> None:
        for name in _MAPPINGS:
            values = getattr(self, name)
            if values is not None:
                object.__setattr__(self, name, MappingProxyType(dict(values)))

    def __reduce__(self) -> tuple[object, ...]:
        """Mappings that cannot be changed cannot be pickled either: they travel as dicts."""
        held = {each.name: getattr(self, each.name) for each in fields(self)}
        for name in _MAPPINGS:
            held[name] = held[name] and dict(held[name])
        return partial(type(self), **held), ()

    @property
    def estimates(self) -> Floats:
        """The parameters as an array; where there are none, an error that says why."""
        if self.params is None or self.why_not is not None:
            raise NotIdentifiable(self.name, self.why_not or "no_optimum")
        return np.array(list(self.params.values()))


class PurchaseModel(Fitted, ABC):
    """A fitted model of how often customers buy and when they leave.

    Times are in the unit of the history it was fitted to. `x` counts repeat purchases (days with a
    purchase, the first not counted), the last at `t_x` after the first, seen until `T` after it.
    """

    @abstractmethod
    def p_alive(self, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer has not left."""

    @abstractmethod
    def expected(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Purchases each customer is expected to make in the next `h`."""

    @abstractmethod
    def p_buys(self, h: float, *, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that each customer buys at least once in the next `h`."""

    @abstractmethod
    def pmf(self, n: ArrayLike, t: ArrayLike) -> Floats:
        """Probability of exactly `n` repeat purchases within `t` of the first."""

    @abstractmethod
    def expected_since_start(self, t: ArrayLike) -> Floats:
        """Repeat purchases a new customer is expected to make within `t` of the first."""


class Outcome(TypedDict):
    """How a fit ended: the fields of `Fitted`."""

    name: str
    params: Mapping[str, float] | None
    standard_errors: Mapping[str, float] | None
    covariance: Floats | None
    log_likelihood: float | None
    n_customers: int
    converged: bool
    identifiable: bool
    why_not: str | None
    iterations: int


def not_tried(name: str, n_customers: int, why_not: str) -> Outcome:
    """The outcome where the history shows beforehand that nothing can be estimated."""
    return Outcome(
        name=name,
        params=None,
        standard_errors=None,
        covariance=None,
        log_likelihood=None,
        n_customers=n_customers,
        converged=False,
        identifiable=False,
        why_not=why_not,
        iterations=0,
    )


def outcome(
    name: str,
    params: Sequence[str],
    optimum: Optimum,
    n_customers: int,
    edge: Callable[[Floats], str],
) -> Outcome:
    """The estimates if the history determines them; if not, what `edge` says of where they went."""
    nothing = not_tried(name, n_customers, "no_optimum") | {"iterations": optimum.iterations}
    flattest = float(np.linalg.eigvalsh(-optimum.hessian)[0])
    if optimum.ran_away or flattest < 1 / _WIDEST_ERROR**2:
        return nothing | {"converged": optimum.converged, "why_not": edge(optimum.params)}
    if not optimum.converged:
        return nothing
    in_logs = np.linalg.inv(-optimum.hessian)
    covariance = optimum.params[:, None] * in_logs * optimum.params
    return nothing | {
        "params": _named(params, optimum.params),
        "standard_errors": _named(params, np.sqrt(np.diag(covariance))),
        "covariance": covariance,
        "log_likelihood": optimum.value,
        "converged": True,
        "identifiable": True,
        "why_not": None,
    }


def _named(names: Sequence[str], values: Floats) -> Mapping[str, float]:
    return dict(zip(names, values.tolist(), strict=True))
