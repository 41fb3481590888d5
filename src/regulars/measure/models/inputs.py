"""What the models take: purchase histories, checked once, with an error that names the culprit."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
# Beyond it squares overflow; no count, time or amount comes near.
_LARGEST = 1e100


class BadInput(ValueError):
    """An argument that no model can use: which one, where first, what stood there, what was wanted.

    `index` is None where the whole argument is at fault and not one of its values.
    """

    def __init__(
        self, argument: str, problem: str, *, index: int | None = None, value: object = None
    ) -> None:
        super().__init__(problem)
        self.argument, self.index, self.value = argument, index, value


@dataclass(frozen=True, slots=True)
class History:
    """Per row `n` customers alike: `x` repeat purchases, the last at `t_x`, seen until `T`."""

    x: Floats
    t_x: Floats
    T: Floats
    n: Floats

    def __len__(self) -> int:
        return len(self.x)

    @property
    def n_customers(self) -> int:
        """How many customers the rows stand for."""
        return round(float(self.n.sum()))


def numbers(argument: str, values: ArrayLike) -> Floats:
    """The values as floats of any shape, each of them a number."""
    array = may_be_missing(argument, values)
    # Good columns cost a look at both ends and no masks; with NaN both ends are NaN.
    if array.size and not (array.min() >= -_LARGEST and array.max() <= _LARGEST):
        refuse(argument, array, ~np.isfinite(array), "wanted a finite number")
        refuse(argument, array, np.abs(array) > _LARGEST, "wanted a number that can be squared")
    return array


def may_be_missing(argument: str, values: ArrayLike) -> Floats:
    """The values as floats of any shape, NaN and infinity too; dates and texts are no numbers.

    What a mask hides is NaN. Flags count 1 and 0 in a column; alone, or None, they are a slip.
    """
    if values is None or isinstance(values, bool | np.bool_):
        raise BadInput(argument, f"{argument} is {values}; wanted numbers", value=values)
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(object), np.nan)
    try:
        given = np.asarray(values)
    except ValueError as error:
        raise BadInput(argument, f"{argument} holds rows of unequal length; wanted one") from error
    if given.dtype.kind in "biuf":
        return given.astype(np.float64, copy=False)
    if given.dtype.kind != "O":
        # One text among numbers makes texts of all: the values as they came say which it is.
        given = np.asarray(values, dtype=object)
        _refuse_type(argument, given.ravel().tolist() or [given.dtype.name])
    try:
        return given.astype(np.float64)
    except (TypeError, ValueError):
        _refuse_type(argument, given.ravel().tolist())


def _refuse_type(argument: str, values: list[object]) -> NoReturn:
    """Name the first value that is no number."""
    row = next((i for i, one in enumerate(values) if not _is_number(one)), 0)
    problem = f"{argument} must hold numbers only; at row {row} stands {values[row]!r}"
    raise BadInput(argument, problem, index=row, value=values[row])


def _is_number(value: object) -> bool:
    return value is None or isinstance(value, Real | Decimal)


def single(argument: str, value: float) -> float:
    """A single number; NaN and infinity are for the caller's own limits to refuse."""
    array = may_be_missing(argument, value)
    if array.ndim:
        raise BadInput(argument, f"{argument} has {array.size} values; wanted one number")
    return float(array)


def refuse(argument: str, values: Floats, is_bad: Mask, wanted: str) -> None:
    """Stop at the first bad value, if there is one."""
    if is_bad.any():
        row = int(np.argmax(is_bad.ravel()))
        value = float(values.ravel()[row])
        raise BadInput(
            argument, f"{argument} at row {row} is {value:g}; {wanted}", index=row, value=value
        )


def counts(argument: str, values: ArrayLike) -> Floats:
    """The values as whole numbers from 0 on."""
    array = not_negative(argument, values)
    refuse(argument, array, array != np.floor(array), "wanted a whole number")
    return array


def counts_by(n: ArrayLike, t: ArrayLike) -> tuple[Floats, ...]:
    """How many by when: single numbers or arrays that fit each other."""
    return fitting({"n": counts("n", n), "t": not_negative("t", t)})


def whole(argument: str, value: int) -> int:
    """A single whole number."""
    number = single(argument, value)
    if not number.is_integer():
        raise BadInput(argument, f"{argument} is {number:g}; wanted a whole number", value=value)
    return round(number)


def not_negative(argument: str, values: ArrayLike) -> Floats:
    """The values as numbers from 0 on."""
    array = numbers(argument, values)
    refuse(argument, array, array < 0, "wanted 0 or more")
    return array


def probabilities(argument: str, values: ArrayLike) -> Floats:
    """The values as numbers from 0 to 1."""
    array = numbers(argument, values)
    refuse(argument, array, (array < 0) | (array > 1), "wanted a probability from 0 to 1")
    return array


def weights_for(n_rows: int, weights: ArrayLike | None) -> Floats:
    """How many customers each row stands for: 1 where nothing is said."""
    if weights is None:
        return np.broadcast_to(1.0, n_rows)
    array = not_negative("weights", weights)
    check_columns({"x": np.empty(n_rows), "weights": array})
    return array


def check_columns(columns: dict[str, Floats]) -> None:
    """Every column has one dimension and the length of the first."""
    first, n_rows = next((name, column.size) for name, column in columns.items())
    for name, column in columns.items():
        if column.ndim != 1:
            raise BadInput(name, f"{name} has {column.ndim} dimensions; wanted one")
        if column.size != n_rows:
            raise BadInput(
                name, f"{name} has {column.size} values and {first} has {n_rows}; wanted as many"
            )


def check_times(x: Floats, t_x: Floats, T: Floats) -> None:
    """The last purchase is inside the time watched, and there is one just where x says so."""
    refuse_pair(t_x > T, ("t_x", t_x), ("T", T), "t_x > T at row {row}: {left} > {right}")
    refuse_pair(
        (x == 0) & (t_x != 0),
        ("t_x", t_x),
        ("x", x),
        "t_x at row {row} is {left} where x is 0; without a repeat purchase t_x is 0",
    )
    refuse_pair(
        (x > 0) & (t_x == 0),
        ("t_x", t_x),
        ("x", x),
        "t_x at row {row} is 0 where x is {right}; purchases at one time count as one",
    )


def refuse_pair(
    is_bad: Mask, left: tuple[str, Floats], right: tuple[str, Floats], problem: str
) -> None:
    """Stop at the first row where two columns do not go together, and name the left one."""
    if is_bad.any():
        row = int(np.argmax(is_bad.ravel()))
        value = float(left[1].ravel()[row])
        text = problem.format(row=row, left=value, right=float(right[1].ravel()[row]))
        raise BadInput(left[0], text, index=row, value=value)


def history(
    x: ArrayLike, t_x: ArrayLike | None, T: ArrayLike | None, weights: ArrayLike | None
) -> History:
    """Checked columns of a fit, one row per customer or per group of customers alike."""
    columns = {
        "x": counts("x", x),
        "t_x": not_negative("t_x", () if t_x is None else t_x),
        "T": not_negative("T", () if T is None else T),
    }
    check_columns(columns)
    check_times(**columns)
    return History(**columns, n=weights_for(columns["x"].size, weights))


_TIMES = {"t_x", "T"}
_NEEDED = {
    "nbd": _TIMES,
    "bg_nbd": _TIMES,
    "mbg_nbd": _TIMES,
    "pareto_nbd": _TIMES,
    "bg_bb": _TIMES,
    "bg_cnbd_k": _TIMES | {"log_gaps"},
    "mbg_cnbd_k": _TIMES | {"log_gaps"},
    "gamma_gamma": {"mean_spend"},
}


def check_arguments(name: str, given: Set[str]) -> None:
    """The model exists and is given what it needs and nothing that it would not look at."""
    if not isinstance(name, str) or name not in _NEEDED:
        raise BadInput("name", f"name is {name!r}; wanted one of {', '.join(_NEEDED)}")
    needed = _NEEDED[name]
    for argument in sorted(needed - given):
        raise BadInput(argument, f"{argument} is missing; {name} is fitted to it")
    for argument in sorted(given - needed - ({"k"} if "log_gaps" in needed else set())):
        raise BadInput(argument, f"{argument} is given; {name} has no use for it")


def total_log_gaps(rows: History, log_gaps: ArrayLike | None) -> float:
    """The sum over customers of the logarithms of their gaps."""
    sums = numbers("log_gaps", () if log_gaps is None else log_gaps)
    check_columns({"x": rows.x, "log_gaps": sums})
    refuse("log_gaps", sums, (rows.x == 0) & (sums != 0), "wanted 0 where x is 0: no gaps")
    return float(rows.n @ sums)


def starting_point(params: Sequence[str], start: Mapping[str, float] | None) -> Floats | None:
    """The parameters to climb from, in the order of the model."""
    if start is None:
        return None
    if not isinstance(start, Mapping):
        raise BadInput("start", f"start is {start!r}; wanted the params of a fit", value=start)
    if set(start) != set(params):
        found = ", ".join(map(str, start))
        raise BadInput("start", f"start names {found}; wanted {', '.join(params)}")
    begin = numbers("start", [start[name] for name in params])
    for name, value in zip(params, begin.tolist(), strict=True):
        if not value > 0:
            raise BadInput("start", f"start has {name} at {value:g}; wanted above 0", value=value)
    return begin


def fitting(columns: dict[str, Floats]) -> tuple[Floats, ...]:
    """Single numbers and arrays in the shape they have together."""
    try:
        return np.broadcast_arrays(*columns.values())
    except ValueError as error:
        *names, last = columns
        shapes = ", ".join(str(column.shape) for column in columns.values())
        problem = f"{', '.join(names)} and {last} have shapes {shapes}; wanted as many of each"
        raise BadInput(last if len(names) == 1 else names[0], problem) from error


def customers(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Checked arguments of a prediction: single numbers or arrays that fit each other."""
    one, two, three = fitting(
        {"x": counts("x", x), "t_x": not_negative("t_x", t_x), "T": not_negative("T", T)}
    )
    check_times(one, two, three)
    return one, two, three


def horizon(h: float) -> float:
    """A length of time ahead."""
    not_negative("h", h)
    return single("h", h)


def discounting(discount_rate: float) -> float:
    """A continuous rate at which what comes later counts less."""
    rate = single("discount_rate", discount_rate)
    if not 0 < rate < np.inf:
        problem = f"discount_rate is {rate:g}; wanted above 0, or nothing ends"
        raise BadInput("discount_rate", problem, value=rate)
    return rate
