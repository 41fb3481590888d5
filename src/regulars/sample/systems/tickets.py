"""The help desk: tickets as Zendesk exports them, and the contacts they are from."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.sample.systems.crowd import Crowd
from regulars.sample.systems.promises import CALL_BACK, DELIVERY, REPAIR, Promises
from regulars.sample.systems.registers import Records, record
from regulars.sample.systems.subjects import SUBJECTS, TOPICS, priorities
from regulars.sample.tables import moments

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CONTACTS = pa.schema(
    {
        "id": pa.int64(),
        "name": pa.string(),
        "email": pa.string(),
        "phone": pa.string(),
        "external_id": pa.string(),
        "locale": pa.string(),
    }
)
_MINUTES = (
    "First reply time",
    "First resolution time",
    "Full resolution time",
    "Requester wait time",
)
TICKETS = pa.schema(
    {
        "Id": pa.int64(),
        "Requester": pa.string(),
        "Requester id": pa.int64(),
        "Requester external id": pa.string(),
        "Requester email": pa.string(),
        "Assignee": pa.string(),
        "Group": pa.string(),
        "Subject": pa.string(),
        "Tags": pa.string(),
        "Status": pa.string(),
        "Priority": pa.string(),
        "Via": pa.string(),
        "Ticket type": pa.string(),
        "Created at": pa.timestamp("s"),
        "Updated at": pa.timestamp("s"),
        "Solved at": pa.timestamp("s"),
        "Satisfaction Score": pa.string(),
        "Reopens": pa.int64(),
        "Replies": pa.int64(),
    }
    | {f"{name} in minutes": pa.int64() for name in _MINUTES}
    | {f"{name} in minutes within business hours": pa.int64() for name in _MINUTES}
)
# The chance of a ticket after a broken promise and after a kept one, by kind of promise.
AFTER_BROKEN = {DELIVERY: 0.25, CALL_BACK: 0.30, REPAIR: 0.35}
AFTER_KEPT = 0.02
AFTER_RETURN, AFTER_ORDER = 0.30, 0.015
RATED_SHARE = 0.40
QUICK_MINUTES = 240
GOOD_SHARE = {"quick": 0.92, "slow": 0.70}  # of ratings, by the time to the first reply
_KNOWN_SHARE = 0.30  # of contacts whose customer number the help desk knows
_OPEN_DAYS = 6  # the youngest tickets are still open
_FIRST_ID = 20_001
_VIA = ("Mail", "Web form", "Chat", "Phone call")


@dataclass(frozen=True, slots=True)
class Tickets:
    """What people wrote about, in order of time."""

    customer: Ints
    at: Ints
    topic: Ints


def write_in(crowd: Crowd, promises: Promises) -> Tickets:
    """The tickets of these customers."""
    rng = crowd.streams.of("tickets")
    is_due = (promises.due_at < crowd.end) & (promises.withdrawn_at < 0)
    chance = np.array([AFTER_BROKEN[kind] for kind in sorted(AFTER_BROKEN)])[promises.kind]
    chance = np.where(promises.is_broken, chance, AFTER_KEPT) * is_due
    late = np.flatnonzero(rng.random(chance.size) < chance)
    back = np.flatnonzero(crowd.lines.quantity < 0)
    back = back[rng.random(back.size) < AFTER_RETURN]
    orders = crowd.named_orders
    orders = orders.where(rng.random(orders.number.size) < AFTER_ORDER)
    general = rng.integers(TOPICS.index("quality"), len(TOPICS), orders.number.size)
    customer = np.concatenate(
        (promises.customer[late], crowd.lines.customer[back], orders.customer)
    )
    at = np.concatenate((promises.due_at[late], crowd.lines.at[back], orders.at))
    about_promise = np.array([TOPICS.index(t) for t in ("late_delivery", "no_call_back", "repair")])
    returned = np.full(back.size, TOPICS.index("return"))
    topic = np.concatenate((about_promise[promises.kind[late]], returned, general))
    at = at + (3600 + rng.exponential(20 * 3600, at.size)).astype(np.int64)
    by_time = np.argsort(at, kind="stable")
    by_time = by_time[at[by_time] < crowd.end]
    return Tickets(customer[by_time], at[by_time], topic[by_time])


def contact_register(crowd: Crowd, tickets: Tickets) -> tuple[Records, dict[str, pa.Array]]:
    """Whoever wrote, as the help desk knows them."""
    rng = crowd.streams.of("helpdesk contacts")
    records = record(crowd.persons, np.unique(tickets.customer), "helpdesk_contacts", rng)
    number = pa.array(crowd.persons.number[records.who]).cast(pa.string())
    known = rng.random(records.who.size) < _KNOWN_SHARE
    return records, {
        "id": pa.array(records.key),
        "name": records.name,
        "email": records.email,
        "phone": records.phone,
        "external_id": pc.if_else(pa.array(known), number, pa.scalar(None, pa.string())),
        "locale": crowd.persons.language.take(records.who),
    }


def ticket_columns(
    crowd: Crowd, tickets: Tickets, records: Records, external: pa.Array, *, written: int
) -> dict[str, pa.Array]:
    """The columns of the tickets; some come from a person's second contact."""
    rng, n = crowd.streams.of("ticket columns"), tickets.at.size
    place = _requesters(tickets, records, rng)
    reply = 5 + rng.lognormal(5.0, 1.3, n)
    solve = reply + rng.lognormal(6.8, 1.1, n)
    solved_at = tickets.at + (solve * 60).astype(np.int64)
    is_open = (solved_at >= crowd.end) | (tickets.at >= crowd.end - _OPEN_DAYS * 86_400)
    is_open &= rng.random(n) < 0.7
    is_open |= solved_at >= crowd.end
    staff = crowd.staff.on_duty("service", tickets.at, rng)
    minutes = np.stack((reply, solve, solve, solve * 0.8)).astype(np.int64)
    is_silent = tickets.at + (reply * 60).astype(np.int64) >= crowd.end
    unknown = (is_silent, is_open, is_open, is_open)
    timed = [pa.array(m, mask=u) for m, u in zip(minutes, unknown, strict=True)]
    language = crowd.persons.language.take(tickets.customer)
    updated = np.where(is_open, np.minimum(tickets.at + 3600, crowd.end - 1), solved_at)
    first_on = crowd.calendar.first_on
    return {
        "Id": pa.array(_FIRST_ID + written + np.arange(n)),
        "Requester": records.name.take(place),
        "Requester id": pa.array(records.key[place]),
        "Requester external id": external.take(pa.array(place)),
        "Requester email": records.email.take(place),
        "Assignee": crowd.staff.names.take(staff),
        "Group": pa.array(["Customer service"]).take(np.zeros(n, np.int64)),
        "Subject": _subjects(tickets.topic, language),
        "Tags": pa.array(TOPICS).take(tickets.topic),
        "Status": pa.array(["Closed", "Open", "New"]).take(is_open + (is_open & is_silent) * 1),
        "Priority": priorities(tickets.topic),
        "Via": pa.array(_VIA).take(rng.choice(len(_VIA), size=n, p=(0.5, 0.25, 0.17, 0.08))),
        "Ticket type": pa.array(["Question", "Problem"]).take((tickets.topic < 3).astype(np.int64)),
        "Created at": moments(tickets.at, first_on=first_on),
        "Updated at": moments(updated, first_on=first_on),
        "Solved at": moments(solved_at, first_on=first_on, unknown=is_open),
        "Satisfaction Score": _scores(reply, is_open, rng),
        "Reopens": pa.array(rng.poisson(0.08, n) * ~is_open),
        "Replies": pa.array((1 + rng.poisson(0.9, n)) * ~is_silent),
    } | {
        f"{name} in minutes{hours}": column
        for name, column in zip(_MINUTES, timed, strict=True)
        for hours in ("", " within business hours")
    }


def _requesters(tickets: Tickets, records: Records, rng: np.random.Generator) -> Ints:
    """The record each ticket is from: any of the person's."""
    begins = np.searchsorted(records.who, tickets.customer, "left")
    ends = np.searchsorted(records.who, tickets.customer, "right")
    chosen: Ints = begins + (rng.random(begins.size) * (ends - begins)).astype(np.int64)
    return chosen


def _subjects(topic: Ints, language: pa.StringArray) -> pa.StringArray:
    spoken = list(SUBJECTS)
    texts = pa.array([text for lang in spoken for text in SUBJECTS[lang]])
    which = pc.index_in(language, pa.array(spoken)).to_numpy(zero_copy_only=False)
    return texts.take(pa.array(which.astype(np.int64) * len(TOPICS) + topic))


def _scores(reply: NDArray[np.float64], is_open: Flags, rng: np.random.Generator) -> pa.StringArray:
    """How the person liked it, where they said."""
    is_rated = rng.random(reply.size) < RATED_SHARE
    good = np.where(reply < QUICK_MINUTES, GOOD_SHARE["quick"], GOOD_SHARE["slow"])
    is_good = rng.random(reply.size) < good
    score = np.where(is_open, 0, np.where(is_rated, np.where(is_good, 2, 3), 1))
    return pa.array(["Not Offered", "Offered", "Good", "Bad"]).take(score)
