"""Who is in which arm: decided by a salted hash, so that anybody can work it out again."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from regulars.measure.models.inputs import BadInput
from regulars.measure.trials.inputs import shares


def assign(ids: Iterable[int | str], *, arms: Mapping[str, float], salt: str) -> NDArray[np.str_]:
    """The arm of each customer, for ever the same for one customer and one salt.

    Takes   ids: whole numbers or texts; 7 and "7" are one customer. arms: name -> share, in an
            order that must stay; the shares make 1. salt: the name of the trial, not used before.
    Gives   an array of arm names, one per id, in the order of `ids`.
    Error   none: the first 13 hex digits of SHA-256 of "salt:id", read as a fraction of 16^13, fall
            into the arms' shares laid end to end. Any engine with SHA-256 gives the same arms.
    Beware  a salt used again gives the arms of the other trial again, and one trial's effect then
            lies inside the other's. Shares changed later move customers between arms.
    Source  the use of hashing: Kohavi, Tang and Xu 2020, Trustworthy Online Controlled
            Experiments, chapter 4; SHA-256: FIPS 180-4.
    """
    ends = np.cumsum(shares("arms", arms))
    if not salt:
        raise BadInput("salt", "salt is empty; wanted the name of the trial")
    rows = ids.tolist() if isinstance(ids, np.ndarray) else ids  # Python's numbers are read faster
    digests = b"".join(
        sha256(f"{salt}:{_key(row, one)}".encode()).digest()[:8] for row, one in enumerate(rows)
    )
    # 13 hex digits are 52 bits, and every such number is a float without rounding.
    drawn = (np.frombuffer(digests, dtype=">u8") >> np.uint64(12)) / 16.0**13
    # The last arm takes all that is left, whatever the rounding of the sum of shares.
    return np.array(list(arms))[np.searchsorted(ends[:-1], drawn, side="right")]


def _key(row: int, one: object) -> str:
    if type(one) is not int and not isinstance(one, str | np.integer):
        raise BadInput(
            "ids", f"ids at row {row} is {one!r}; wanted a whole number or a text", index=row,
            value=one,
        )  # fmt: skip
    return str(one)
