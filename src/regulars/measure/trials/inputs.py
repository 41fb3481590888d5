"""What trials take: outcomes of customers and the arms they were assigned to, checked once."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.models.inputs import (
    BadInput,
    Floats,
    check_columns,
    numbers,
    refuse,
    single,
)

Mask = NDArray[np.bool_]


def outcomes(argument: str, values: ArrayLike) -> Floats:
    """One finite number per customer."""
    array = numbers(argument, values)
    if array.ndim != 1:
        raise BadInput(argument, f"{argument} has {array.ndim} dimensions; wanted one")
    return array


def assigned(outcome: ArrayLike, is_treated: ArrayLike) -> tuple[Floats, Mask]:
    """The outcome of each customer, and whether the customer is in the treated arm."""
    y, flags = outcomes("outcome", outcome), outcomes("is_treated", is_treated)
    check_columns({"outcome": y, "is_treated": flags})
    refuse("is_treated", flags, (flags != 0) & (flags != 1), "wanted true or false, or 1 or 0")
    return y, flags.astype(np.bool_)


def covariate_table(covariates: Mapping[str, ArrayLike], n: int) -> Floats:
    """Covariates as columns, one row per customer."""
    if not isinstance(covariates, Mapping):
        raise BadInput("covariates", "covariates has no names; wanted name -> numbers")
    if not covariates:
        raise BadInput("covariates", "covariates is empty; wanted at least one column")
    columns = {name: outcomes(name, values) for name, values in covariates.items()}
    check_columns({"outcome": np.empty(n), **columns})
    return np.column_stack(list(columns.values()))


def between(argument: str, value: float, low: float, high: float) -> float:
    """A number strictly between two others."""
    if not low < single(argument, value) < high:
        raise BadInput(
            argument,
            f"{argument} is {value}; wanted a number between {low:g} and {high:g}",
            value=value,
        )
    return float(value)


def shares(argument: str, arms: Mapping[str, float]) -> Floats:
    """The shares of two arms or more, each above 0, together 1."""
    if len(arms) < 2:
        raise BadInput(argument, f"{argument} has {len(arms)} arms; wanted two or more")
    for name, share in arms.items():
        above_zero(f"{argument}[{name!r}]", share)
    array = np.array(list(arms.values()), dtype=np.float64)
    if abs(array.sum() - 1) > 1e-9:
        raise BadInput(argument, f"{argument} add up to {array.sum():g}; wanted shares that make 1")
    return array


def above_zero(argument: str, value: float) -> float:
    """A number above 0."""
    if not 0 < single(argument, value) < np.inf:
        raise BadInput(argument, f"{argument} is {value}; wanted a number above 0", value=value)
    return float(value)
