"""The telephone: who waited how long, gave up, was helped, or was promised a call back."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.sample.season import DAY_SECONDS
from regulars.sample.systems.crowd import Crowd, Orders
from regulars.sample.systems.persons import international
from regulars.sample.tables import moments

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CALLS = pa.schema(
    {
        "call_number": pa.int64(),
        "direction": pa.string(),
        "started_at": pa.timestamp("s"),
        "phone": pa.string(),
        "customer_number": pa.int64(),
        "staff_number": pa.int64(),
        "waiting_seconds": pa.int64(),
        "handling_seconds": pa.int64(),
        "about": pa.string(),
        "outcome": pa.string(),
        "promise_number": pa.int64(),
    }
)
CALL_SHARE = 0.06  # of orders
PATIENCE_SECONDS = 300  # mean of an exponential patience
OUTCOMES = ("abandoned", "solved", "call_back", "passed_on", "reached")
ABANDONED, SOLVED, CALL_BACK, PASSED_ON, REACHED = range(5)
_ANSWERED = (0.70, 0.18, 0.12)  # solved, call back, passed on
_ABOUT = ("delivery", "goods", "order", "price", "opening hours", "rudeness")
_ABOUT_SHARES = (0.30, 0.22, 0.20, 0.10, 0.13, 0.05)
_OPENS, _CLOSES = 9.0, 17.0
_HIDDEN_NUMBER_SHARE, _KNOWN_SHARE = 0.06, 0.75


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls that came in, in order of time."""

    number: Ints
    customer: Ints
    at: Ints
    waiting: Ints
    handling: Ints
    outcome: Ints
    about: Ints
    staff: Ints
    is_hidden: Flags
    is_known: Flags

    def to_be_called_back(self) -> Orders:
        """The calls that ended with the promise of another, at the moment they ended."""
        those = np.flatnonzero(self.outcome == CALL_BACK)
        ended = self.at[those] + self.waiting[those] + self.handling[those]
        return Orders(self.number[those], self.customer[those], ended, np.zeros_like(those))


def ring(crowd: Crowd, *, first: int) -> Calls:
    """The calls that came in about orders, within twelve days of them."""
    rng, orders = crowd.streams.of("calls"), crowd.named_orders
    orders = orders.where(rng.random(orders.number.size) < CALL_SHARE)
    day = orders.at // DAY_SECONDS + rng.integers(1, 13, orders.number.size)
    hour = _OPENS + rng.random(day.size) * (_CLOSES - _OPENS)
    at = day * DAY_SECONDS + (hour * 3600).astype(np.int64)
    by_time = np.argsort(at, kind="stable")
    by_time = by_time[at[by_time] < crowd.end]
    at, customer = at[by_time], orders.customer[by_time]
    n = at.size
    wait = rng.lognormal(4.2, 1.0, n)
    patience = rng.exponential(PATIENCE_SECONDS, n)
    outcome = np.where(patience < wait, ABANDONED, 1 + rng.choice(3, size=n, p=_ANSWERED))
    handling = np.where(outcome == ABANDONED, 0, 20 + rng.lognormal(5.2, 0.6, n))
    return Calls(
        number=first + np.arange(n),
        customer=customer,
        at=at,
        waiting=np.minimum(wait, patience).astype(np.int64),
        handling=handling.astype(np.int64),
        outcome=outcome,
        about=rng.choice(len(_ABOUT), size=n, p=_ABOUT_SHARES),
        staff=crowd.staff.on_duty("service", at, rng),
        is_hidden=rng.random(n) < _HIDDEN_NUMBER_SHARE,
        is_known=rng.random(n) < _KNOWN_SHARE,
    )


def incoming_columns(crowd: Crowd, calls: Calls) -> dict[str, pa.Array]:
    """The columns of the calls that came in."""
    is_lost = calls.outcome == ABANDONED
    n = calls.number.size
    return {
        "call_number": pa.array(calls.number),
        "direction": pa.array(["in"]).take(np.zeros(n, np.int64)),
        "started_at": moments(calls.at, first_on=crowd.calendar.first_on),
        "phone": _shown(crowd, calls.customer, calls.is_hidden),
        "customer_number": pa.array(
            crowd.persons.number[calls.customer], mask=is_lost | ~calls.is_known
        ),
        "staff_number": pa.array(crowd.staff.number[calls.staff], mask=is_lost),
        "waiting_seconds": pa.array(calls.waiting),
        "handling_seconds": pa.array(calls.handling, mask=is_lost),
        "about": pa.array(_ABOUT).take(pa.array(calls.about, mask=is_lost)),
        "outcome": pa.array(OUTCOMES).take(calls.outcome),
        "promise_number": pa.nulls(n, pa.int64()),
    }


def outgoing_columns(
    crowd: Crowd, *, customer: Ints, at: Ints, promise_number: Ints, first: int
) -> dict[str, pa.Array]:
    """The columns of the calls back that were made."""
    rng, n = crowd.streams.of("calls back"), at.size
    same = np.zeros(n, np.int64)
    return {
        "call_number": pa.array(first + np.arange(n)),
        "direction": pa.array(["out"]).take(same),
        "started_at": moments(at, first_on=crowd.calendar.first_on),
        "phone": _shown(crowd, customer, np.zeros(n, np.bool_)),
        "customer_number": pa.array(crowd.persons.number[customer]),
        "staff_number": pa.array(crowd.staff.number[crowd.staff.on_duty("service", at, rng)]),
        "waiting_seconds": pa.nulls(n, pa.int64()),
        "handling_seconds": pa.array(20 + rng.lognormal(5.0, 0.6, n).astype(np.int64)),
        "about": pa.array(["order"]).take(same),
        "outcome": pa.array(OUTCOMES).take(np.full(n, REACHED)),
        "promise_number": pa.array(promise_number),
    }


def _shown(crowd: Crowd, customer: Ints, is_hidden: Flags) -> pa.StringArray:
    shown = international(crowd.persons.phone[customer])
    return shown.take(pa.array(np.arange(customer.size), mask=is_hidden))
