"""Promises of deliveries, calls back and repairs, kept and broken, and what breaking them costs."""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.sample.baskets import NOBODY
from regulars.sample.catalogue import PRODUCTS, WEB
from regulars.sample.season import DAY_SECONDS
from regulars.sample.systems.calls import Calls
from regulars.sample.systems.crowd import Crowd, Orders
from regulars.sample.systems.returning import Comings, Cost, draw_broken
from regulars.sample.tables import moments

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

PROMISES = pa.schema(
    {
        "promise_number": pa.int64(),
        "kind": pa.string(),
        "customer_number": pa.int64(),
        "order_number": pa.int64(),
        "call_number": pa.int64(),
        "staff_number": pa.int64(),
        "made_at": pa.timestamp("s"),
        "first_due_at": pa.timestamp("s"),
        "moved_at": pa.timestamp("s"),
        "due_at": pa.timestamp("s"),
        "kept_at": pa.timestamp("s"),
        "withdrawn_at": pa.timestamp("s"),
    }
)
KINDS = ("delivery", "call_back", "repair")
DELIVERY, CALL_BACK, REPAIR = range(3)
COSTS = (Cost(0.09, 2.0, 0.70), Cost(0.22, 1.0, 0.85), Cost(0.20, 1.0, 0.60))
REPAIR_SHARE = 0.08  # of pots, cups and grinders sold
_DEPARTMENT = ("warehouse", "service", "haga")
_DUE_HOUR = (18, 17, 16)
_LEAD_DAYS = ((1, 5), (1, 3), (5, 15))  # from, and before
_MOVED_SHARE, _WITHDRAWN_SHARE, _NEVER_SHARE = 0.04, 0.01, 0.06  # the last of broken ones
_NONE = -1


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises by kind; seconds of the history, _NONE where there is none."""

    kind: Ints
    customer: Ints
    order: Ints
    call: Ints
    staff: Ints  # places in the list of staff
    made_at: Ints
    first_due_at: Ints
    moved_at: Ints
    due_at: Ints
    kept_at: Ints
    withdrawn_at: Ints
    is_broken: Flags
    comes: Flags  # a purchase within the horizon after the day it was due, seen or not

    def where(self, chosen: Flags | Ints) -> "Promises":
        """Some of them."""
        return Promises(*(getattr(self, each.name)[chosen] for each in fields(self)))


def promise(crowd: Crowd, calls: Calls) -> Promises:
    """Every promise the company gave these customers."""
    orders = crowd.named_orders
    parts = (
        _given(crowd, DELIVERY, orders.where(orders.channel == WEB)),
        _given(crowd, CALL_BACK, calls.to_be_called_back(), is_call=True),
        _given(crowd, REPAIR, _broken_pots(crowd)),
    )
    return Promises(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Promises))
    )


def _broken_pots(crowd: Crowd) -> Orders:
    """What is brought for repair, some weeks after it was bought, and when."""
    rng = crowd.streams.of("repairs")
    is_pot = np.array([each.category == "Pots and cups" for each in PRODUCTS])
    lines = crowd.lines
    sold = (lines.quantity > 0) & (lines.customer != NOBODY) & is_pot[lines.product]
    which = np.flatnonzero(sold)
    which = which[rng.random(which.size) < REPAIR_SHARE]
    later = rng.integers(10, 200, which.size) * DAY_SECONDS
    brought = Orders(
        crowd.line_orders[which],
        lines.customer[which],
        lines.at[which] + later,
        lines.channel[which],
    )
    return brought.where(brought.at < crowd.end)


def _given(crowd: Crowd, kind: int, about: Orders, *, is_call: bool = False) -> Promises:
    """Promises of one kind, one for each order or call; `about.at` is when it is given."""
    rng, cost = crowd.streams.of(f"promises {KINDS[kind]}"), COSTS[kind]
    lead = rng.integers(*_LEAD_DAYS[kind], about.at.size)
    day = about.at // DAY_SECONDS + lead
    chance, comes = Comings(crowd.calendar, crowd.purchases).after(about.customer, day)
    # Whoever buys so often that there is no room for an effect is delivered to without a promise.
    has_room = np.flatnonzero(chance < cost.most_likely)
    about, day, lead = about.where(has_room), day[has_room], lead[has_room]
    chance, comes = chance[has_room], comes[has_room]
    n = day.size
    is_broken = draw_broken(cost, _broken_share(crowd, cost, day), chance, comes, rng)
    due = day * DAY_SECONDS + _DUE_HOUR[kind] * 3600
    is_moved = (rng.random(n) < _MOVED_SHARE) & (lead > 1)
    moved_at = about.at + (due - DAY_SECONDS - about.at) // 2
    is_moved &= moved_at < crowd.end
    since = np.where(is_moved, moved_at, about.at)
    # By day in both cases: some hours before the hour it is due at, on an earlier day or a later.
    early = np.floor(rng.random(n) * ((due - since) // DAY_SECONDS)).astype(np.int64)
    late = 1 + np.floor(rng.exponential(1.6, n)).astype(np.int64)
    hours = (rng.random(n) * 6 * 3600).astype(np.int64)
    kept = due - hours + DAY_SECONDS * np.where(is_broken, late, -early)
    is_never = is_broken & (rng.random(n) < _NEVER_SHARE)
    is_withdrawn = ~is_broken & (rng.random(n) < _WITHDRAWN_SHARE)
    is_hidden = kept >= crowd.end
    nothing = np.full(n, _NONE)
    return Promises(
        kind=np.full(n, kind),
        customer=about.customer,
        order=nothing if is_call else about.number,
        call=about.number if is_call else nothing,
        staff=crowd.staff.on_duty(_DEPARTMENT[kind], about.at, rng),
        made_at=about.at,
        first_due_at=np.where(is_moved, due - DAY_SECONDS, due),
        moved_at=np.where(is_moved, moved_at, _NONE),
        due_at=due,
        kept_at=np.where(is_never | is_withdrawn | is_hidden, _NONE, kept),
        withdrawn_at=np.where(is_withdrawn & ~is_hidden, kept, _NONE),
        is_broken=is_broken,
        comes=comes,
    )


def _broken_share(crowd: Crowd, cost: Cost, day: Ints) -> NDArray[np.float64]:
    """How often promises due on each day are broken: more often before Christmas."""
    if not crowd.calendar.has_season:
        return np.full(day.size, cost.broken_share)
    on = np.datetime64(crowd.calendar.first_on, "D") + day
    is_busy = on.astype("datetime64[M]").astype(np.int64) % 12 >= 10
    return cost.broken_share * np.where(is_busy, cost.in_season, 1.0)


def promise_columns(crowd: Crowd, promises: Promises, *, first: int) -> dict[str, pa.Array]:
    """The columns of the file of promises."""

    def moment(at: Ints) -> pa.Array:
        return moments(at, first_on=crowd.calendar.first_on, unknown=at == _NONE)

    return {
        "promise_number": pa.array(first + np.arange(promises.kind.size)),
        "kind": pa.array(KINDS).take(promises.kind),
        "customer_number": pa.array(crowd.persons.number[promises.customer]),
        "order_number": pa.array(promises.order, mask=promises.order == _NONE),
        "call_number": pa.array(promises.call, mask=promises.call == _NONE),
        "staff_number": pa.array(crowd.staff.number[promises.staff]),
        "made_at": moment(promises.made_at),
        "first_due_at": moment(promises.first_due_at),
        "moved_at": moment(promises.moved_at),
        "due_at": moment(promises.due_at),
        "kept_at": moment(promises.kept_at),
        "withdrawn_at": moment(promises.withdrawn_at),
    }
