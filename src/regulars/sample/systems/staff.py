"""Branches, departments and who works there: posts that are held by one after the other."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.sample.people import names
from regulars.sample.season import DAY_SECONDS
from regulars.sample.systems.spellings import spellings
from regulars.sample.systems.streams import Streams
from regulars.sample.tables import days

Ints = NDArray[np.int64]

BRANCHES = pa.schema(
    {
        "branch_code": pa.string(),
        "name": pa.string(),
        "channel": pa.string(),
        "city": pa.string(),
        "opens": pa.string(),
        "closes": pa.string(),
    }
)
STAFF = pa.schema(
    {
        "staff_number": pa.int64(),
        "name": pa.string(),
        "email": pa.string(),
        "branch_code": pa.string(),
        "department": pa.string(),
        "role": pa.string(),
        "hired_on": pa.date32(),
        "left_on": pa.date32(),
    }
)
BRANCH_CODES = ("haga", "vasagatan")
_PLACES = (
    ("haga", "Haga branch", "Göteborg", "09:30", "19:00"),
    ("vasagatan", "Vasagatan branch", "Göteborg", "10:00", "18:30"),
    ("web", "Web shop", "Göteborg", "06:30", "23:30"),
)
# department -> branch, role, posts for each 6,000 customers, how long one stays, in days
DEPARTMENTS = {
    "haga": ("haga", "seller", 5, 420),
    "vasagatan": ("vasagatan", "seller", 4, 900),
    "service": ("web", "agent", 4, 600),
    "warehouse": ("web", "packer", 2, 700),
    "wholesale": ("web", "account manager", 2, 1500),
}
_CUSTOMERS_A_POST = 6000
_FIRST = 101


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who ever worked here, post by post and in order of time within a post."""

    number: Ints
    post: Ints
    hired: Ints  # day of the history; below 0 where before it
    left: Ints  # the first day without them; beyond the history where they are still there
    department: Ints
    names: pa.StringArray

    def on_duty(self, department: str, at: Ints, rng: np.random.Generator) -> Ints:
        """Somebody of a department who works here at each second: places in this list."""
        posts = np.unique(self.post[self.department == list(DEPARTMENTS).index(department)])
        post, day = rng.choice(posts, size=at.size), at // DAY_SECONDS
        wide = int(self.left.max()) + 1 - (low := int(self.hired.min()))
        begins = self.post * wide + self.hired - low
        return np.searchsorted(begins, post * wide + np.minimum(day, wide - 1) - low, "right") - 1


def hire(customers: int, n_days: int, streams: Streams) -> Staff:
    """Enough people for so many customers."""
    rng = streams.of("staff")
    sizes = [
        n_posts * (1 + customers // _CUSTOMERS_A_POST) for _, _, n_posts, _ in DEPARTMENTS.values()
    ]
    department = np.repeat(np.arange(len(DEPARTMENTS)), sizes)
    stay = np.array([mean for _, _, _, mean in DEPARTMENTS.values()])[department]
    # The one there on the first day came before it, and stays as long again as anybody new:
    # an exponential stay has no memory.
    hired = [np.floor(-rng.exponential(stay)).astype(np.int64)]
    left = [1 + np.floor(rng.exponential(stay)).astype(np.int64)]
    while (left[-1] < n_days).any():
        hired.append(left[-1])
        left.append(left[-1] + 1 + np.floor(rng.exponential(stay)).astype(np.int64))
    post = np.tile(np.arange(department.size), len(hired))
    begins, ends = np.concatenate(hired), np.concatenate(left)
    here = np.flatnonzero(begins < n_days)
    here = here[np.lexsort((begins[here], post[here]))]
    return Staff(
        number=_FIRST + np.arange(here.size),
        post=post[here],
        hired=begins[here],
        left=ends[here],
        department=department[post[here]],
        names=names(here.size, rng=rng),
    )


def branch_columns() -> dict[str, pa.Array]:
    """The branches and the web shop."""
    code, name, city, opens, closes = map(pa.array, zip(*_PLACES, strict=True))
    return {
        "branch_code": code,
        "name": name,
        "channel": name,
        "city": city,
        "opens": opens,
        "closes": closes,
    }


def staff_columns(staff: Staff, *, first_on: date, n_days: int) -> dict[str, pa.Array]:
    """The list of staff."""
    rows = list(DEPARTMENTS.items())
    local = spellings().local.take(spellings().index(staff.names))
    user = pc.binary_join_element_wise(local, pa.array(staff.number).cast(pa.string()), ".")
    return {
        "staff_number": pa.array(staff.number),
        "name": staff.names,
        "email": pc.binary_join_element_wise(user, "lindqvist.example", "@"),
        "branch_code": pa.array([branch for _, (branch, *_) in rows]).take(staff.department),
        "department": pa.array([name for name, _ in rows]).take(staff.department),
        "role": pa.array([role for _, (_, role, *_) in rows]).take(staff.department),
        "hired_on": days(staff.hired, first_on=first_on),
        "left_on": days(staff.left, first_on=first_on, unknown=staff.left >= n_days),
    }
