"""Purchase days of all customers as two sorted columns, and what was known of each on a day."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.measure.models.inputs import BadInput, check_columns, numbers, refuse
from regulars.measure.regulars import Definition
from regulars.measure.season import WEEK_DAYS, Rhythm

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Purchases:
    """One row per customer and purchase day, sorted by customer, then day; customers run 0..n-1."""

    customer: Ints
    day: Ints

    @classmethod
    def checked(cls, customer: ArrayLike, day: ArrayLike) -> Self:
        """Columns as a caller hands them in, or the first row that cannot be right."""
        customers, days = _whole("customer", customer), _whole("day", day)
        if customers.size != days.size:
            problem = f"day has {days.size} values and customer has {customers.size}"
            raise BadInput("day", f"{problem}; wanted as many")
        same = np.diff(customers) == 0
        _refuse_row("customer", customers, np.diff(customers) < 0, "rows sorted by customer")
        wanted = "days of a customer sorted, each once"
        _refuse_row("day", days, same & (np.diff(days) <= 0), wanted)
        return cls(_numbered(customers), days)

    def __len__(self) -> int:
        return len(self.day)

    def until(self, on: int) -> "Purchases":
        """What was known at the end of a day."""
        known = self.day <= on
        return Purchases(_numbered(self.customer[known]), self.day[known])

    def thinned(self, at_most: int) -> "Purchases":
        """Everybody, or every so-manieth customer where there are more than `at_most`."""
        if self.n_customers <= at_most:
            return self
        is_chosen = np.zeros(self.n_customers, dtype=np.bool_)
        is_chosen[np.linspace(0, self.n_customers - 1, at_most).astype(np.int64)] = True
        rows = is_chosen[self.customer]
        return Purchases(_numbered(self.customer[rows]), self.day[rows])

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return int(self.customer[-1]) + 1 if len(self) else 0

    @property
    def first(self) -> Ints:
        """Each customer's first day."""
        return self.day[np.flatnonzero(np.diff(self.customer, prepend=-1))]

    @property
    def last(self) -> Ints:
        """Each customer's latest day."""
        return self.day[np.flatnonzero(np.diff(self.customer, append=self.n_customers))]

    @property
    def n_days(self) -> Ints:
        """On how many days each customer bought."""
        return np.bincount(self.customer, minlength=self.n_customers)

    @property
    def rhythm(self) -> Rhythm:
        """When customers came back, by the week they first came in: see `season.rhythm`."""
        first = self.first[self.customer]
        is_first = self.day == first
        log_gap = np.log(np.where(is_first, 1, np.diff(self.day, prepend=0)))
        both = np.stack([first - first % WEEK_DAYS, self.day])
        (cohort, day), row = np.unique(both, axis=1, return_inverse=True)
        return Rhythm(
            cohort,
            day,
            n=np.bincount(row),
            n_first=np.bincount(row[is_first], minlength=len(day)),
            log_gaps=np.bincount(row, log_gap),
        )

    def state(self, on: int) -> "State":
        """Each customer as the purchase models see them at the end of day `on`."""
        first, last = self.first, self.last
        x = (self.n_days - 1).astype(np.float64)
        return State(x, (last - first).astype(np.float64), (on - first).astype(np.float64))


@dataclass(frozen=True, slots=True)
class State:
    """Repeat purchase days `x`, the last of them at `t_x`, watched for `T` days."""

    x: Floats
    t_x: Floats
    T: Floats


@dataclass(frozen=True, slots=True)
class Counted:
    """Regulars and base on one day."""

    n_regulars: int
    n_base: int

    @property
    def share(self) -> float:
        """Regulars among the base; 0 where there is no base."""
        return self.n_regulars / self.n_base if self.n_base else 0.0

    @property
    def logit(self) -> float:
        """Log odds of being a regular, with half a customer added on either side."""
        return float(log_odds(self.n_regulars, self.n_base))


def log_odds(n_regulars: ArrayLike, n_base: ArrayLike) -> Floats:
    """Log odds of k among n, finite also for none and for all."""
    k, n = np.asarray(n_regulars, dtype=np.float64), np.asarray(n_base, dtype=np.float64)
    return np.asarray(np.log((k + 0.5) / (n - k + 0.5)))


def count(purchases: Purchases, *, definition: Definition, on: int) -> Counted:
    """Regulars and base at the end of a day.

    Takes   purchases; on: a day on the same scale.
    Gives   Counted: customers with at least `definition.days` purchase days in the window ending
            on that day, and those with any in the base window ending on it.
    Error   exact.
    Beware  where the history is shorter than the windows, what lay before it is missing.
    Source  the company's own definition.
    """
    seen = (purchases.day <= on) & (purchases.day > on - definition.base_days)
    customer, day = purchases.customer[seen], purchases.day[seen]
    in_window = day > on - definition.window_days
    n_days = np.bincount(customer[in_window])
    n_base = int(np.count_nonzero(np.diff(customer, prepend=-1)))
    return Counted(int(np.count_nonzero(n_days >= definition.days)), n_base)


def _numbered(customer: Ints) -> Ints:
    """Sorted customers as 0..n-1."""
    if not customer.size:
        return customer
    return np.cumsum(np.diff(customer, prepend=customer[0]) != 0, dtype=np.int64)


def _whole(argument: str, values: ArrayLike) -> Ints:
    """A column of whole numbers, or the first row that is none."""
    array = numbers(argument, values)
    check_columns({argument: array})
    refuse(argument, array, array != np.floor(array), "wanted a whole number")
    return array.astype(np.int64)


def _refuse_row(argument: str, values: Ints, is_bad: NDArray[np.bool_], wanted: str) -> None:
    if is_bad.any():
        row = int(np.argmax(is_bad)) + 1
        value, before = int(values[row]), int(values[row - 1])
        problem = f"{argument} at row {row} is {value} after {before}; wanted {wanted}"
        raise BadInput(argument, problem, index=row, value=value)
