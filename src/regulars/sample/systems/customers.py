"""Three registers of the same people: the order system, the loyalty cards, the web shop."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.sample.baskets import NOBODY
from regulars.sample.catalogue import WEB
from regulars.sample.season import DAY_SECONDS
from regulars.sample.systems.crowd import Crowd
from regulars.sample.systems.persons import cities, postcodes
from regulars.sample.systems.registers import Records, record
from regulars.sample.systems.staff import BRANCH_CODES
from regulars.sample.tables import days, moments

Ints = NDArray[np.int64]

CUSTOMERS = pa.schema(
    {
        "customer_number": pa.int64(),
        "customer_name": pa.string(),
        "email": pa.string(),
        "phone": pa.string(),
        "postcode": pa.string(),
        "city": pa.string(),
        "language": pa.string(),
        "customer_since": pa.date32(),
    }
)
CARDS = pa.schema(
    {
        "card_number": pa.int64(),
        "name": pa.string(),
        "phone": pa.string(),
        "email": pa.string(),
        "birthday": pa.date32(),
        "postcode": pa.string(),
        "branch_code": pa.string(),
        "issued_on": pa.date32(),
    }
)
ACCOUNTS = pa.schema(
    {
        "account_number": pa.int64(),
        "name": pa.string(),
        "email": pa.string(),
        "phone": pa.string(),
        "postcode": pa.string(),
        "city": pa.string(),
        "language": pa.string(),
        "has_newsletter": pa.bool_(),
        "created_at": pa.timestamp("s"),
    }
)
CARD_SHARE = 0.55  # of those who bought in a branch
NEWSLETTER_SHARE = 0.38
_BIRTHDAY_SHARE = 0.35
_LOOKER_SHARE = 0.08  # of those who never bought there, and have an account all the same


def customer_register(crowd: Crowd) -> tuple[Records, dict[str, pa.Array]]:
    """The order system's own register: everybody once, under the number the orders name."""
    persons = crowd.persons
    who = np.arange(persons.number.size)
    records = record(persons, who, "customers", crowd.streams.of("customers"))
    return records, {
        "customer_number": pa.array(records.key),
        "customer_name": records.name,
        "email": records.email,
        "phone": records.phone,
        "postcode": postcodes(persons.place),
        "city": cities(persons.place),
        "language": persons.language,
        "customer_since": days(_first(crowd) // DAY_SECONDS, first_on=crowd.calendar.first_on),
    }


def card_register(crowd: Crowd) -> tuple[Records, Ints, dict[str, pa.Array]]:
    """The loyalty cards, and the day each was issued; a lost card is followed by another."""
    rng, first = crowd.streams.of("loyalty cards"), _first(crowd, web=False)
    who = np.flatnonzero((first >= 0) & (rng.random(first.size) < CARD_SHARE))
    records = record(crowd.persons, who, "loyalty_cards", rng)
    n, whose = records.who.size, records.who
    issued = first[whose] // DAY_SECONDS + rng.integers(30, 200, n) * records.is_again
    issued = np.minimum(issued, crowd.calendar.days - 1)
    born = crowd.persons.born[whose].astype(np.int32)
    hides = rng.random(n) >= _BIRTHDAY_SHARE
    return (
        records,
        issued,
        {
            "card_number": pa.array(records.key),
            "name": records.name,
            "phone": records.phone,
            "email": records.email,
            "birthday": pa.array(born, pa.int32(), mask=hides).cast(pa.date32()),
            "postcode": postcodes(crowd.persons.place[whose]),
            "branch_code": pa.array(BRANCH_CODES).take(rng.integers(0, len(BRANCH_CODES), n)),
            "issued_on": days(issued, first_on=crowd.calendar.first_on),
        },
    )


def account_register(crowd: Crowd) -> tuple[Records, dict[str, pa.Array]]:
    """The accounts of the web shop; who changed their address may have opened a second."""
    rng, first = crowd.streams.of("web accounts"), _first(crowd, web=True)
    looks = rng.random(first.size) < _LOOKER_SHARE
    who = np.flatnonzero((first >= 0) | looks)
    records = record(crowd.persons, who, "web_accounts", rng)
    n, whose = records.who.size, records.who
    began = np.where(first >= 0, first, _first(crowd))[whose]
    created = (
        began
        - rng.integers(60, 1800, n)
        + rng.integers(40, 300, n) * records.is_again * (DAY_SECONDS)
    )
    return records, {
        "account_number": pa.array(records.key),
        "name": records.name,
        "email": records.email,
        "phone": records.phone,
        "postcode": postcodes(crowd.persons.place[whose]),
        "city": cities(crowd.persons.place[whose]),
        "language": crowd.persons.language.take(whose),
        "has_newsletter": pa.array(rng.random(n) < NEWSLETTER_SHARE),
        "created_at": moments(np.minimum(created, crowd.end - 1), first_on=crowd.calendar.first_on),
    }


def _first(crowd: Crowd, *, web: bool | None = None) -> Ints:
    """The second of each customer's first order, of all or of one way to buy; -1 for none."""
    orders = crowd.named_orders
    if web is not None:
        orders = orders.where((orders.channel == WEB) == web)
    first = np.full(crowd.persons.number.size, crowd.end)
    np.minimum.at(first, orders.customer, orders.at)
    return np.where(first < crowd.end, first, NOBODY)
