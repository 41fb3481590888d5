"""Every public function of `measure` that takes columns of numbers refuses by name what is none."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import ArrayLike

import regulars.measure
from regulars.measure.activity import Thresholds
from regulars.measure.forecast import WhatIf
from regulars.measure.models import BadInput, fit
from regulars.measure.regulars import Definition
from regulars.measure.spend import credibility

PAST = {"x": [0, 2, 1], "t_x": [0, 9, 4], "T": [10, 10, 12]}
SPENT = {"mean_spend": [0, 20, 9]}
TRIAL = {"outcome": [1, 0, 3, 2], "is_treated": [1, 0, 1, 0]}
COVARIATES = {"before": [1, 2, 4, 3]}
DAYS = {"customer": [1, 1, 2], "day": [1, 9, 4]}
# What the predictions of a fitted result take, by name.
PREDICTED = PAST | SPENT | {"n": [0, 1, 2], "t": [3, 4, 5], "n_days": [1, 2, 1], "net": [5, 9, -2]}
PARAMS = {
    "nbd": {"r": 0.5, "alpha": 4.0},
    "mbg_nbd": {"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 1.6},
    "pareto_nbd": {"r": 0.5, "alpha": 10.0, "s": 0.6, "beta": 11.0},
    "mbg_cnbd_k": {"r": 0.8, "alpha": 4.0, "a": 0.8, "b": 2.4},
    "bg_bb": {"alpha": 1.2, "beta": 0.7, "gamma": 0.6, "delta": 2.8},
    "gamma_gamma": {"p": 6.25, "q": 3.74, "gamma": 15.44},
}
COLUMNS_OF_FIT = {
    "mbg_cnbd_k": PAST | {"log_gaps": [0, 1, 1]},
    "gamma_gamma": {"x": [0, 2, 1]} | SPENT,
}
MODULES = [
    *(f"regulars.measure.{each.name}" for each in iter_modules(regulars.measure.__path__)),
    "regulars.measure.models.residual_value",
]


@cache
def fitted(name: str) -> Any:
    """A model as if it had been fitted."""
    empty = fit(name, **COLUMNS_OF_FIT.get(name, PAST))
    params = PARAMS[name]
    return replace(empty, params=params, covariance=np.eye(len(params)), why_not=None)


@dataclass(frozen=True)
class Call:
    """A function with columns that are right, and what else it takes."""

    function: Callable[..., Any]
    columns: dict[str, list[float]]
    others: dict[str, Any]

    def __call__(self, **changed: Any) -> Any:
        return self.function(**(self.columns | changed), **self.others)


# What each function takes: its columns, and the rest.
FUNCTIONS: dict[str, tuple[dict[str, list[float]], dict[str, Any]]] = {
    "activity": ({"odds": [0, 1, 1], "odds_then": [1, 1, 1]}, {}),
    "adjusted": (TRIAL, {"covariates": COVARIATES}),
    "always_valid": (TRIAL | {"at": [1, 2, 2, 3]}, {"planned_n": 1000}),
    "concentration": ({"amounts": [5, 9, 2]}, {}),
    "credibility": ({"n_days": [1, 2, 1], "net": [5, 9, -2], "net_squared": [25, 45, 4]}, {}),
    "difference": ({"treated": [1, 0, 3], "control": [1, 2, 0]}, {}),
    "discounted_purchases": (PAST, {"model": fitted("mbg_nbd"), "discount_rate": 0.01}),
    "due": (PAST, {"model": fitted("mbg_nbd")}),
    "fit": (PAST, {"name": "nbd"}),
    # These two take whole days, and name the column and its type, but no row.
    "forecast": (DAYS, {"definition": Definition(), "as_of": 90}),
    "forecasts": (DAYS, {"definition": Definition(), "as_of": 90, "what_ifs": [WhatIf()]}),
    "match": (TRIAL, {"covariates": COVARIATES}),
    "residual_value": (
        PAST | SPENT,
        {"model": fitted("mbg_nbd"), "spend": fitted("gamma_gamma"), "discount_rate": 0.01},
    ),
    "silence_limits": (
        {"x": [0, 2, 1], "t_x": [0, 9, 4]},
        {"model": fitted("mbg_nbd"), "horizon": 90, "thresholds": Thresholds()},
    ),
    "wilson_bounds": ({"k": [0, 2, 1], "n": [3, 4, 5]}, {}),
}
# These fit numbers and tables of them to each other.
OF_ANY_SHAPE = {"activity", "discounted_purchases", "due", "residual_value", "wilson_bounds"}
# What one function takes for other models; `fit` has a column for each of them.
MORE = {
    "fit, weights": Call(fit, PAST | {"weights": [1, 2, 1]}, {"name": "mbg_nbd"}),
    "fit, log_gaps": Call(fit, COLUMNS_OF_FIT["mbg_cnbd_k"], {"name": "mbg_cnbd_k", "k": 2}),
    "fit, mean_spend": Call(fit, COLUMNS_OF_FIT["gamma_gamma"], {"name": "gamma_gamma"}),
}


def array_likes(function: Callable[..., Any]) -> list[str]:
    """The parameters that take columns."""
    found = inspect.signature(function).parameters.values()
    return [each.name for each in found if each.annotation in (ArrayLike, ArrayLike | None)]


def public_functions() -> dict[str, Callable[..., Any]]:
    """The functions of `measure` that take columns."""
    found = {}
    for module in map(import_module, MODULES):
        for name in getattr(module, "__all__", vars(module)):
            held = getattr(module, name)
            is_own = inspect.isfunction(held) and held.__module__.startswith(module.__name__)
            if is_own and not name.startswith("_") and array_likes(held):
                found[name] = held
    return found


def predictions() -> dict[str, Call]:
    """The predictions of every kind of fitted result."""
    found = {}
    spend = credibility(**FUNCTIONS["credibility"][0])
    for label, model in {name: fitted(name) for name in PARAMS}.items() | {("spend", spend)}:
        for name, method in inspect.getmembers(model, inspect.ismethod):
            columns = array_likes(method)
            if columns and not name.startswith("_"):
                parameters = inspect.signature(method).parameters
                others = {key: 9 for key in ("h", "discount_rate") if key in parameters}
                taken = {key: PREDICTED[key] for key in columns}
                found[f"{label}.{name}"] = Call(method, taken, others)
    return found


CALLS = {
    name: Call(public_functions()[name], *FUNCTIONS[name]) for name in sorted(FUNCTIONS)
} | MORE
EVERYTHING = CALLS | predictions()
PLACES = [(name, argument) for name, call in EVERYTHING.items() for argument in call.columns]
# Two arms need not be as many.
PAIRED = [
    place for place in PLACES if len(EVERYTHING[place[0]].columns) > 1 and "difference" not in place
]
WRONG = {
    "texts": (["a", "b", "c"], 0),
    "a text among numbers": ([1, "b", 1], 1),
    "a thing": (np.array([1, object(), 1], dtype=object), 1),
    "a complex number": ([1, 1j, 1], 1),
    "days": (np.array(["2026-01-01"] * 3, dtype="datetime64[D]"), 0),
    "a number that is none": ([1, 1, np.nan], 2),
    "a masked number": (np.ma.array([1, 1, 1], mask=[False, True, False]), 1),
    "rows of unequal length": ([[1], [1, 1], [1]], None),
    "a mapping": ({"x": 1}, 0),
    "a flag": (True, None),
    "no numbers": (object(), 0),
}


class Series:
    """What pandas and Polars hand in: a column that NumPy can read, and no list."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.values, dtype=dtype)


RIGHT = {
    "tuple": tuple,
    "Series": Series,
    "Arrow": pa.array,
    "whole": lambda column: np.array(column, dtype=np.int16),
    "decimals": lambda column: [Decimal(value) for value in column],
    "unmasked": np.ma.array,
}


def test_every_public_function_that_takes_columns_is_tried_here():
    assert sorted(public_functions()) == sorted(FUNCTIONS)
    tried: dict[Any, set[str]] = {}
    for call in CALLS.values():
        tried.setdefault(call.function, set()).update(call.columns)
    for function in public_functions().values():
        assert tried[function] == set(array_likes(function))


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(("name", "argument"), PLACES)
def test_what_is_no_column_of_numbers_is_refused_by_name_and_place(name, argument, wrong):
    value, index = WRONG[wrong]
    with pytest.raises(BadInput, match=argument) as refused:
        EVERYTHING[name](**{argument: value})
    assert (refused.value.argument, refused.value.index) == (argument, index)


@pytest.mark.parametrize(
    ("name", "argument"), [place for place in PLACES if "weights" not in place]
)
def test_none_is_no_column(name, argument):
    with pytest.raises(BadInput, match=f"{argument} is (None|missing)"):
        EVERYTHING[name](**{argument: None})


@pytest.mark.parametrize(("name", "argument"), PAIRED)
def test_columns_of_unlike_length_are_refused_by_name(name, argument):
    with pytest.raises(BadInput, match="wanted as many") as refused:
        EVERYTHING[name](**{argument: [1, 1]})
    assert refused.value.argument in EVERYTHING[name].columns


@pytest.mark.parametrize("name", sorted(CALLS.keys() - OF_ANY_SHAPE))
def test_columns_that_are_tables_or_single_numbers_are_refused_by_name(name):
    call = CALLS[name]
    for argument, column in call.columns.items():
        for shaped in ([column], column[0]):
            with pytest.raises(BadInput, match=r"dimensions; wanted one|wanted as many") as refused:
                call(**{argument: shaped})
            assert refused.value.argument in call.columns


@pytest.mark.parametrize("right", RIGHT)
@pytest.mark.parametrize("name", sorted({name for name, _ in PLACES}))
def test_columns_of_any_make_give_the_same(name, right):
    call = EVERYTHING[name]
    columns = {key: RIGHT[right](column) for key, column in call.columns.items()}
    assert str(call(**columns)) == str(call())


@pytest.mark.parametrize("name", ["adjusted", "match"])
@pytest.mark.parametrize("wrong", WRONG)
def test_covariates_are_refused_by_their_own_name(name, wrong):
    value, index = WRONG[wrong]
    with pytest.raises(BadInput) as refused:
        public_functions()[name](**TRIAL, covariates={"before": value})
    assert (refused.value.argument, refused.value.index) == ("before", index)
