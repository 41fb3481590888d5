"""Are two records of one person? What they hold is compared field by field, and weighed.

The model of Fellegi and Sunter: a field says as much as its outcome is likelier among records of
one person (m) than among records of two (u). Each outcome is written twice, in Python for a pair
that comes in and in SQL for Splink, which learns m and u; both give the same weights.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from math import log2
from typing import Any, NamedTuple

from regulars.measure.similarity import edits, jaro_winkler

_LEAST_OWN, _LEAST_LETTERS = 2, 4
ALIKE = 0.88  # of names and addresses, after Splink's own comparisons
YEAR_DAYS = 365


@dataclass(frozen=True)
class Record:
    """What somebody is told to be: small letters, no accents, no spaces around; empty: unknown."""

    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    born_on: str = ""  # ISO 8601
    city: str = ""

    @cached_property
    def full_name(self) -> str:
        """Both names, where both are known."""
        return f"{self.first_name} {self.last_name}" if self.first_name and self.last_name else ""

    @cached_property
    def locals(self) -> tuple[str, ...]:
        """What stands before the @ of each address, where it says more than the name does."""
        locals_ = map(_local, self.emails)
        return tuple(local for local in locals_ if len(self._own(local)) >= _LEAST_OWN)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Those that are spelled and not only counted, and their whole addresses, without the name.

        Namesakes have addresses alike: that is the name again, and says nothing more.
        """
        return tuple(
            said
            for email in self.emails
            if sum(map(str.isalpha, self._own(_local(email)))) >= _LEAST_LETTERS
            for said in (self._own(_local(email)), self._own(email))
        )

    def _own(self, address: str) -> str:
        """What is left of an address without the name."""
        names = {self.first_name, self.last_name} - {""}
        for name in sorted(names, key=len, reverse=True):
            address = address.replace(name, "")
        return "".join(filter(str.isalnum, address))


def _local(email: str) -> str:
    return email.partition("@")[0]


class Level(NamedTuple):
    """One outcome of comparing a field: the first that holds is the outcome."""

    name: str
    holds: Callable[[Record, Record], bool]
    sql: str
    shared: str = ""  # the column whose value both have: the rarer it is, the more it says


@dataclass(frozen=True)
class Comparison:
    """A field, whether it is unknown for one of the two, and its outcomes from best to worst."""

    name: str
    unknown: Callable[[Record, Record], bool]
    unknown_sql: str
    levels: Sequence[Level]


def _alike(one: str, other: str) -> bool:
    # The engine compares bytes: where each letter is one, both count alike.
    return one.isascii() and other.isascii() and jaro_winkler(one, other) >= ALIKE


# What the SQL of the outcomes calls.
MACROS = (
    f"""CREATE TEMP MACRO alike(one, other) AS length(one) = strlen(one)
    AND length(other) = strlen(other) AND jaro_winkler_similarity(one, other) >= {ALIKE}""",
    """CREATE TEMP MACRO any_alike(ones, others) AS
    list_bool_or([list_bool_or([alike(x, y) for y in others]) for x in ones])""",
    """CREATE TEMP MACRO any_slip(ones, others) AS
    list_bool_or([list_bool_or([damerau_levenshtein(x, y) <= 1 for y in others]) for x in ones])""",
)


def _both(column: str, other: str = "") -> str:
    return f"{column}_l = {other or column}_r"


def _overlap(column: str) -> str:
    return f"list_has_any({column}_l, {column}_r)"


def _any(ones: Sequence[str], others: Sequence[str], fit: Callable[[str, str], bool]) -> bool:
    return any(fit(one, other) for one in ones for other in others)


def _days_apart(one: str, other: str) -> int:
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def _other(_a: Record, _b: Record) -> bool:
    return True


OTHER = Level("other", _other, "ELSE")
COMPARISONS: Sequence[Comparison] = (
    Comparison(
        "name",
        lambda a, b: not (a.first_name and b.first_name) and not (a.last_name and b.last_name),
        "(first_name_l is null or first_name_r is null)"
        " and (last_name_l is null or last_name_r is null)",
        (
            Level(
                "same",
                lambda a, b: a.full_name == b.full_name != "",
                _both("full_name"),
                "full_name",
            ),
            Level(
                "swapped",
                lambda a, b: (
                    "" != a.first_name == b.last_name and "" != a.last_name == b.first_name
                ),
                f"{_both('first_name', 'last_name')} and {_both('last_name', 'first_name')}",
            ),
            Level(
                "alike",
                lambda a, b: (
                    _alike(a.first_name, b.first_name) and _alike(a.last_name, b.last_name)
                ),
                "alike(first_name_l, first_name_r) and alike(last_name_l, last_name_r)",
            ),
            Level(
                "last_same",
                lambda a, b: a.last_name == b.last_name != "",
                _both("last_name"),
                "last_name",
            ),
            Level(
                "first_same",
                lambda a, b: a.first_name == b.first_name != "",
                _both("first_name"),
                "first_name",
            ),
            OTHER,
        ),
    ),
    Comparison(
        "email",
        lambda a, b: (
            not (a.emails and b.emails)
            or ({*a.emails}.isdisjoint(b.emails) and not (a.locals and b.locals))
        ),
        "emails_l is null or emails_r is null or (not list_has_any(emails_l, emails_r)"
        " and (locals_l is null or locals_r is null))",
        (
            Level("same", lambda a, b: not {*a.emails}.isdisjoint(b.emails), _overlap("emails")),
            Level(
                "name_same", lambda a, b: not {*a.locals}.isdisjoint(b.locals), _overlap("locals")
            ),
            Level(
                "alike",
                lambda a, b: _any(a.words, b.words, _alike),
                "any_alike(words_l, words_r)",
            ),
            OTHER,
        ),
    ),
    Comparison(
        "phone",
        lambda a, b: not (a.phones and b.phones),
        "phones_l is null or phones_r is null",
        (
            Level("same", lambda a, b: not {*a.phones}.isdisjoint(b.phones), _overlap("phones")),
            Level(
                "one_slip",
                lambda a, b: _any(a.phones, b.phones, lambda x, y: edits(x, y) <= 1),
                "any_slip(phones_l, phones_r)",
            ),
            OTHER,
        ),
    ),
    Comparison(
        "born",
        lambda a, b: not (a.born_on and b.born_on),
        "born_on_l is null or born_on_r is null",
        (
            Level("same", lambda a, b: a.born_on == b.born_on, _both("born_on")),
            Level(
                "one_slip",
                lambda a, b: edits(a.born_on, b.born_on) <= 1,
                "damerau_levenshtein(born_on_l, born_on_r) <= 1",
            ),
            Level(
                "within_a_year",
                lambda a, b: _days_apart(a.born_on, b.born_on) <= YEAR_DAYS,
                f"abs(datediff('day', born_on_l::date, born_on_r::date)) <= {YEAR_DAYS}",
            ),
            OTHER,
        ),
    ),
    Comparison(
        "city",
        lambda a, b: not (a.city and b.city),
        "city_l is null or city_r is null",
        (Level("same", lambda a, b: a.city == b.city, _both("city"), "city"), OTHER),
    ),
)


@dataclass(frozen=True)
class Chances:
    """How often an outcome comes: among records of one person, and of two."""

    m: float
    u: float


@dataclass(frozen=True)
class Weights:
    """What was learned: chances of each outcome, shares of common values, odds beforehand."""

    prior: float  # chance that two records picked blindly are of one person
    chances: Mapping[str, Mapping[str, Chances]]  # by field and outcome; a field left out is mute
    shares: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict
    )  # by counted column and value
    least_share: float = 1e-6  # of a value that is too rare to stand in shares

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> "Weights":
        """What `as_dict` wrote."""
        chances = {
            name: {level: Chances(**both) for level, both in levels.items()}
            for name, levels in held["chances"].items()
        }
        return cls(**(dict(held) | {"chances": chances}))


def _usual(**levels: tuple[float, float]) -> dict[str, Chances]:
    return {name: Chances(*both) for name, both in levels.items()}


# For as long as a book is too small to learn from: rough, and rather too careful than too bold.
USUAL = Weights(
    prior=1e-4,
    chances={
        "name": _usual(
            same=(0.7, 1e-3),
            swapped=(0.02, 1e-5),
            alike=(0.1, 2e-4),
            last_same=(0.08, 4e-3),
            first_same=(0.08, 1e-2),
            other=(0.02, 0.98),
        ),
        "email": _usual(
            same=(0.6, 1e-6), name_same=(0.1, 1e-4), alike=(0.1, 5e-4), other=(0.2, 0.999)
        ),
        "phone": _usual(same=(0.6, 1e-6), one_slip=(0.05, 1e-6), other=(0.35, 0.999)),
        "born": _usual(
            same=(0.85, 4e-5), one_slip=(0.06, 1e-3), within_a_year=(0.03, 0.03), other=(0.06, 0.97)
        ),
        "city": _usual(same=(0.8, 0.05), other=(0.2, 0.95)),
    },
)


class Said(NamedTuple):
    """What one field said of a pair: its outcome, and by how many doublings of the odds."""

    field: str
    outcome: str
    weight: float


@dataclass(frozen=True)
class Verdict:
    """How probable it is that two records are of one person, and what each field said."""

    probability: float
    said: Sequence[Said]


def compare(one: Record, other: Record, weights: Weights) -> Verdict:
    """Weigh two records against each other.

    Takes   two records, and weights that were learned (`linkage_fit`) or are usual (`USUAL`).
    Gives   the probability that they are of one person, and what each known field said.
    Error   none is given with it: m is as good as the pairs it was learned from, see `fit`.
    Beware  fields count as if they slipped independently of each other; a couple that shares
            surname, address and telephone is nearer to one person than it should be.
    Source  Fellegi and Sunter 1969; shares of common values after Winkler 1989. Checked against
            Splink's own weights, pair by pair.
    """
    said = [
        Said(comparison.name, level.name, _weight(comparison.name, level, one, other, weights))
        for comparison in COMPARISONS
        if comparison.name in weights.chances and not comparison.unknown(one, other)
        for level in [next(level for level in comparison.levels if level.holds(one, other))]
    ]
    log_odds = log2(weights.prior / (1 - weights.prior)) + sum(each.weight for each in said)
    return Verdict(1 / (1 + 2.0**-log_odds), said)


def _weight(name: str, level: Level, one: Record, other: Record, weights: Weights) -> float:
    chances = weights.chances[name][level.name]
    counted = weights.shares.get(level.shared)
    if counted is None:
        return log2(chances.m / chances.u)
    share = max(counted.get(getattr(record, level.shared), 0.0) for record in (one, other))
    return log2(chances.m / max(share, weights.least_share))
