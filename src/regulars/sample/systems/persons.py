"""Who the customers really are: addresses, numbers, days, and who shares or changed them."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.sample.systems.spellings import spellings

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CHANGED_EMAIL_SHARE = 0.07
PAIR_SHARE = 0.04  # of neighbours in the file who share one phone
_DOMAINS = ("mejl.example", "posten.example", "brev.example", "youxiang.example")  # RFC 2606
_PREFIXES = ("70", "72", "73", "76", "79")
_PLACES = (
    ("413 01", "Göteborg"),
    ("411 24", "Göteborg"),
    ("414 58", "Göteborg"),
    ("431 30", "Mölndal"),
    ("433 31", "Partille"),
    ("442 30", "Kungälv"),
    ("211 22", "Malmö"),
    ("753 10", "Uppsala"),
)


@dataclass(frozen=True, slots=True)
class Persons:
    """Some people; `number` is the person's own, and a customer's is the customer number."""

    number: Ints
    names: pa.StringArray
    spelling: Ints  # place in the table of spellings
    email: pa.StringArray
    email_before: pa.StringArray  # the same where it never changed
    has_changed_email: Flags
    phone: Ints  # nine digits after the country's code
    shares_phone: Flags
    born: Ints  # days since 1970
    place: Ints

    @property
    def language(self) -> pa.StringArray:
        """What each speaks."""
        return spellings().language.take(self.spelling)

    def take(self, which: Ints) -> "Persons":
        """Some of them, in any order."""
        return Persons(*(getattr(self, each.name).take(which) for each in fields(self)))

    def followed_by(self, others: "Persons") -> "Persons":
        """These people and then the others."""
        return Persons(
            *(_joined(getattr(self, f.name), getattr(others, f.name)) for f in fields(self))
        )


def _joined(column: Any, other: Any) -> Any:
    join = np.concatenate if isinstance(column, np.ndarray) else pa.concat_arrays
    return join([column, other])


def persons(names: pa.StringArray, numbers: Ints, rng: np.random.Generator) -> Persons:
    """Everything that is true of people of these names."""
    n = numbers.size
    spelling = spellings().index(names)
    local = spellings().local.take(spelling)
    digits = pa.array(numbers).cast(pa.string())
    domain = rng.integers(0, len(_DOMAINS), n)
    has_changed = rng.random(n) < CHANGED_EMAIL_SHARE
    before = np.where(has_changed, (domain + 1) % len(_DOMAINS), domain)
    phone, shares = _phones(numbers, rng)
    return Persons(
        number=numbers,
        names=names,
        spelling=spelling,
        email=_address(local, digits, domain),
        email_before=_address(local, digits, before),
        has_changed_email=has_changed,
        phone=phone,
        shares_phone=shares,
        born=rng.integers(-12_000, 13_500, n),
        place=rng.choice(len(_PLACES), size=n, p=[0.28, 0.2, 0.16, 0.1, 0.08, 0.06, 0.06, 0.06]),
    )


def work_addresses(spelling: Ints, organisation: Ints) -> pa.StringArray:
    """The addresses people have at their organisations."""
    local = spellings().local.take(spelling)
    domain = pa.array(organisation).cast(pa.string())
    return pc.binary_join_element_wise(
        local, pc.binary_join_element_wise("org", domain, ".example", ""), "@"
    )


def _address(local: pa.StringArray, digits: pa.StringArray, domain: Ints) -> pa.StringArray:
    user = pc.binary_join_element_wise(local, digits, ".")
    return pc.binary_join_element_wise(user, pa.array(_DOMAINS).take(domain), "@")


def scrambled(numbers: Ints, *, by: int, below: int) -> Ints:
    """Other numbers that do not show the first, each once if `by` has no factor of `below`."""
    return (numbers * by + 12_345) % below


def _phones(numbers: Ints, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """Everybody's phone; some have that of the one before them."""
    shifted = scrambled(numbers, by=7_368_787, below=50_000_000)
    prefix = np.array([int(prefix) for prefix in _PREFIXES])[shifted // 10_000_000]
    phone = prefix * 10_000_000 + shifted % 10_000_000
    borrows = (np.arange(numbers.size) % 2 == 1) & (rng.random(numbers.size) < PAIR_SHARE)
    lends = np.append(borrows[1:], False)[: numbers.size]
    own = np.where(borrows, np.roll(phone, 1), phone)
    return own, borrows | lends


def postcodes(place: Ints) -> pa.StringArray:
    """The postcode of each place."""
    return pa.array([code for code, _ in _PLACES]).take(place)


def cities(place: Ints) -> pa.StringArray:
    """The city of each place."""
    return pa.array([city for _, city in _PLACES]).take(place)


def international(phone: Ints) -> pa.StringArray:
    """Phones as a telephone system shows them."""
    return pc.binary_join_element_wise("+46", pa.array(phone).cast(pa.string()), "")


def typed_phone(phone: Ints, rng: np.random.Generator) -> pa.StringArray:
    """Phones as people type them, in five ways."""
    digits = pa.array(phone).cast(pa.string())
    area, rest = pc.utf8_slice_codeunits(digits, 0, 2), pc.utf8_slice_codeunits(digits, 2)
    first = pc.utf8_slice_codeunits(rest, 0, 3)
    second, third = pc.utf8_slice_codeunits(rest, 3, 5), pc.utf8_slice_codeunits(rest, 5)
    spaced = pc.binary_join_element_wise(first, second, third, " ")
    own_area = pc.binary_join_element_wise("0", area, "")
    return pc.choose(
        pa.array(rng.choice(5, size=phone.size, p=[0.3, 0.3, 0.2, 0.1, 0.1])),
        pc.binary_join_element_wise("+46", digits, ""),
        pc.binary_join_element_wise(own_area, spaced, "-"),
        pc.binary_join_element_wise("0", digits, ""),
        pc.binary_join_element_wise("0046 ", area, " ", spaced, ""),
        pc.binary_join_element_wise(own_area, rest, " "),
    )
