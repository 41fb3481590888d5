"""Who the customers are in each system's own register, where one person may stand several times."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.sample.systems.persons import Persons, scrambled, typed_phone
from regulars.sample.systems.spellings import FORMS, spellings

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

PEOPLE = pa.schema(
    {
        "file": pa.string(),
        "key": pa.int64(),
        "person_number": pa.int64(),
        "name_form": pa.string(),
        "email_is": pa.string(),
        "phone_is": pa.string(),
    }
)
EMAIL_IS = ("none", "now", "before", "typo")
PHONE_IS = ("none", "own", "shared")


@dataclass(frozen=True, slots=True)
class Habits:
    """How a system's records come about, as shares of its records."""

    again_share: float  # of people, who stand in it twice
    name_otherwise_share: float  # with the name written in another form
    email_share: float
    phone_share: float
    email_typo_share: float  # of those with an e-mail
    email_before_share: float  # of those with an e-mail whose owner changed theirs: the earlier one


HABITS = {
    "customers": Habits(0.0, 0.0, 0.55, 0.60, 0.0, 0.40),
    "loyalty_cards": Habits(0.06, 0.30, 0.45, 0.80, 0.04, 0.50),
    "web_accounts": Habits(0.07, 0.22, 1.00, 0.40, 0.0, 0.50),
    "helpdesk_contacts": Habits(0.05, 0.40, 0.85, 0.35, 0.0, 0.30),
    "organisation_people": Habits(0.0, 0.20, 1.00, 0.70, 0.01, 0.30),
}
# How many digits a system's keys have and what shuffles them; others go by the person's number.
_KEYS = {
    "loyalty_cards": (9, 7_368_787),
    "web_accounts": (8, 39_916_801),
    "helpdesk_contacts": (11, 15_485_863),
    "organisation_people": (12, 9_999_991),
}


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one system: whose each is, and what stands in it."""

    key: Ints
    who: Ints  # places in the chunk
    is_again: Flags  # a second record of the same person
    name: pa.StringArray
    name_form: Ints
    email: pa.StringArray
    email_is: Ints
    phone: pa.StringArray
    phone_is: Ints

    def truth(self, file: str, persons: Persons) -> dict[str, pa.Array]:
        """Whose each record is, and how it is written."""
        return {
            "file": pa.array([file]).take(np.zeros(self.key.size, np.int64)),
            "key": pa.array(self.key),
            "person_number": pa.array(persons.number[self.who]),
            "name_form": pa.array(FORMS).take(self.name_form),
            "email_is": pa.array(EMAIL_IS).take(self.email_is),
            "phone_is": pa.array(PHONE_IS).take(self.phone_is),
        }


def record(persons: Persons, who: Ints, system: str, rng: np.random.Generator) -> Records:
    """What a system wrote down of some people; a few of them twice."""
    habits = HABITS[system]
    again = who[rng.random(who.size) < habits.again_share]
    is_again = np.append(np.zeros(who.size, np.bool_), np.ones(again.size, np.bool_))
    who = np.append(who, again)
    order = np.argsort(who, kind="stable")
    who, is_again = who[order], is_again[order]
    key = persons.number[who]
    if system in _KEYS:
        digits, by = _KEYS[system]
        key = scrambled(key * 2 + is_again, by=by, below=10**digits) + 10**digits
    name, form = spellings().written(persons.spelling[who], habits.name_otherwise_share, rng)
    email, email_is = _emails(persons, who, is_again, habits, rng)
    has_phone = rng.random(who.size) < habits.phone_share
    phone = typed_phone(persons.phone[who], rng)
    return Records(
        key=key,
        who=who,
        is_again=is_again,
        name=name,
        name_form=form,
        email=email,
        email_is=email_is,
        phone=_only(has_phone, phone),
        phone_is=np.where(has_phone, np.where(persons.shares_phone[who], 2, 1), 0),
    )


def _emails(
    persons: Persons, who: Ints, is_again: Flags, habits: Habits, rng: np.random.Generator
) -> tuple[pa.StringArray, Ints]:
    """The addresses: the present one, an earlier one, one mistyped, or none."""
    n = who.size
    has = rng.random(n) < habits.email_share
    # Who stands here twice came back with another address, if they have one.
    is_before = persons.has_changed_email[who] & (
        (rng.random(n) < habits.email_before_share) ^ is_again
    )
    is_typo = ~is_before & (rng.random(n) < habits.email_typo_share)
    email = pc.if_else(pa.array(is_before), persons.email_before.take(who), persons.email.take(who))
    email = pc.if_else(
        pa.array(is_typo), pc.replace_substring(email, ".example", ".exmaple"), email
    )
    shouted = rng.random(n) < 0.05
    email = pc.if_else(pa.array(shouted), pc.utf8_upper(email), email)
    kind = np.where(is_before, 2, np.where(is_typo, 3, 1))
    return _only(has, email), np.where(has, kind, 0)


def _only(has: Flags, values: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(has), values, pa.scalar(None, values.type))
