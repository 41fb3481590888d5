"""Visits to the branches, as the queue at the counter counts them: who bought and who gave up."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.sample.catalogue import WEB
from regulars.sample.season import DAY_SECONDS
from regulars.sample.systems.crowd import Crowd, Orders
from regulars.sample.systems.registers import Records
from regulars.sample.systems.staff import BRANCH_CODES
from regulars.sample.tables import moments

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

VISITS = pa.schema(
    {
        "visit_number": pa.int64(),
        "branch_code": pa.string(),
        "entered_at": pa.timestamp("s"),
        "card_number": pa.int64(),
        "order_number": pa.int64(),
        "staff_number": pa.int64(),
        "waiting_seconds": pa.int64(),
        "handling_seconds": pa.int64(),
        "outcome": pa.string(),
    }
)
VISIT_SHARE = 0.10  # of orders in a branch, taken at the counter
PATIENCE_SECONDS = 420  # mean of an exponential patience
_WAITING = (4.0, 0.9)  # of the logarithm of seconds
_CARD_SHOWN_SHARE = 0.8


def visit_columns(crowd: Crowd, cards: Records, issued: Ints, *, first: int) -> dict[str, pa.Array]:
    """The columns of the visits; nobody knows who it was that gave up."""
    rng, orders = crowd.streams.of("visits"), crowd.orders
    taken = (orders.channel != WEB) & (rng.random(orders.number.size) < VISIT_SHARE)
    orders = orders.where(taken)
    order, waiting, is_left = _queue(orders.number.size, rng)
    handling = (30 + rng.lognormal(4.6, 0.5, order.size)).astype(np.int64)
    # Who bought paid at the end of the visit; who gave up was there about then.
    entered = orders.at[order] - waiting - np.where(is_left, 0, handling)
    card = _cards(crowd, orders, cards, issued, rng)[order]
    staff = np.where(
        orders.channel[order] == 0,
        crowd.staff.on_duty("haga", orders.at[order], rng),
        crowd.staff.on_duty("vasagatan", orders.at[order], rng),
    )
    return {
        "visit_number": pa.array(first + np.arange(order.size)),
        "branch_code": pa.array(BRANCH_CODES).take(orders.channel[order]),
        "entered_at": moments(entered, first_on=crowd.calendar.first_on),
        "card_number": pa.array(card, mask=is_left | (card < 0)),
        "order_number": pa.array(orders.number[order], mask=is_left),
        "staff_number": pa.array(crowd.staff.number[staff], mask=is_left),
        "waiting_seconds": pa.array(waiting),
        "handling_seconds": pa.array(handling, mask=is_left),
        "outcome": pa.array(["bought", "left"]).take(is_left.astype(np.int64)),
    }


def _queue(n: int, rng: np.random.Generator) -> tuple[Ints, Ints, Flags]:
    """Visits until each order has been waited for: the order, seconds, and whether given up."""
    rounds: list[tuple[Ints, Floats, Flags]] = []
    left = np.arange(n)
    while left.size or not rounds:
        wait = rng.lognormal(*_WAITING, left.size)
        patience = rng.exponential(PATIENCE_SECONDS, left.size)
        gives_up = patience < wait
        rounds.append((left, np.minimum(wait, patience), gives_up))
        left = left[gives_up]
    order, waiting, is_left = map(np.concatenate, zip(*rounds, strict=True))
    by_order = np.argsort(order, kind="stable")
    return order[by_order], np.rint(waiting[by_order]).astype(np.int64), is_left[by_order]


def _cards(
    crowd: Crowd, orders: Orders, cards: Records, issued: Ints, rng: np.random.Generator
) -> Ints:
    """The card shown at each order, -1 for none: the latest one issued by then."""
    shown = np.full(orders.customer.size, -1)
    key, issued = np.append(cards.key, -1), np.append(issued, 0)  # the last is no card
    by_person = np.full(crowd.persons.number.size + 1, -1)  # the last place is nobody's
    day = orders.at // DAY_SECONDS
    for again in (False, True):
        those = np.flatnonzero(cards.is_again == again)
        by_person[:] = -1
        by_person[cards.who[those]] = those
        place = by_person[orders.customer]
        has = (place >= 0) & (issued[place] <= day)
        shown = np.where(has, key[place], shown)
    return np.where(rng.random(shown.size) < _CARD_SHOWN_SHARE, shown, -1)
