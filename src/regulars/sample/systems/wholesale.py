"""Cafés and offices that buy by the case: their people, their invoices, and what they dispute."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.sample.baskets import distinct
from regulars.sample.catalogue import CURRENCY, PRODUCTS
from regulars.sample.people import names
from regulars.sample.season import DAY_SECONDS
from regulars.sample.systems.crowd import Crowd
from regulars.sample.systems.goods import CODES, SEASON_MONTHS, SEASONS, wholesale_prices
from regulars.sample.systems.persons import Persons, cities, persons, postcodes, work_addresses
from regulars.sample.systems.registers import Records, record
from regulars.sample.tables import MONEY, days, moments, money

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ORGANISATIONS = pa.schema(
    {
        "organisation_number": pa.int64(),
        "name": pa.string(),
        "kind": pa.string(),
        "email": pa.string(),
        "postcode": pa.string(),
        "city": pa.string(),
        "payment_days": pa.int64(),
        "staff_number": pa.int64(),
        "customer_since": pa.date32(),
    }
)
ORGANISATION_PEOPLE = pa.schema(
    {
        "contact_number": pa.int64(),
        "organisation_number": pa.int64(),
        "name": pa.string(),
        "role": pa.string(),
        "email": pa.string(),
        "phone": pa.string(),
        "since": pa.date32(),
    }
)
INVOICES = pa.schema(
    {
        "invoice_number": pa.int64(),
        "organisation_number": pa.int64(),
        "contact_number": pa.int64(),
        "issued_on": pa.date32(),
        "due_on": pa.date32(),
        "paid_on": pa.date32(),
        "net": MONEY,
        "vat": MONEY,
        "amount": MONEY,
        "currency": pa.string(),
    }
)
INVOICE_LINES = pa.schema(
    {
        "invoice_number": pa.int64(),
        "product_code": pa.string(),
        "quantity": pa.int64(),
        "unit_price": MONEY,
        "net": MONEY,
    }
)
DISPUTES = pa.schema(
    {
        "dispute_number": pa.int64(),
        "invoice_number": pa.int64(),
        "reason": pa.string(),
        "opened_at": pa.timestamp("s"),
        "resolved_at": pa.timestamp("s"),
        "outcome": pa.string(),
    }
)
CUSTOMERS_AN_ORGANISATION = 75
LATE_SHARE, DISPUTED_SHARE = 0.18, 0.05  # of invoices
PRIVATE_CUSTOMER_SHARE = 0.20  # of an organisation's people, who buy in the shops too
IN_SEASON = 3.0  # times as often as out of it
VAT_PERCENT = 12
FIRST_ORGANISATION = 2001
# The numbers of people who are no customers themselves begin here, and so do their phones.
STRANGERS = 5_040_000_000
_EVERY_DAYS = 21.0  # between two invoices, on average
_DISPUTE_REASONS = ("wrong_amount", "not_delivered", "wrong_goods", "faulty_goods", "paid_already")
_OUTCOMES = ("credited", "partly_credited", "rejected", "withdrawn")
_KINDS = ("café", "restaurant", "office", "hotel")
_BEGINNINGS = ("Café", "Kafé", "Bistro", "Kontoret", "Hotell", "Konditori", "Restaurang")
_ENDINGS = (
    "Linné", "Järntorget", "Majorna", "Masthugget", "Solsidan", "Hörnet", "Kungsport", "Avenyn",
    "Brunnsparken", "Eriksberg", "Lorensberg", "Nordhem", "Olskroken", "Gårda", "Annedal",
)  # fmt: skip
_ROLES = ("owner", "buyer", "billing")


@dataclass(frozen=True, slots=True)
class Organisations:
    """Some organisations and their people; `of` says whose each person is."""

    number: Ints
    since: Ints  # day of the history
    payment_days: Ints
    people: Persons
    of: Ints
    role: Ints
    records: Records
    columns: dict[str, pa.Array]

    def people_columns(self, crowd: Crowd) -> dict[str, pa.Array]:
        """The columns of their people."""
        return {
            "contact_number": pa.array(self.records.key),
            "organisation_number": pa.array(self.number[self.of]),
            "name": self.records.name,
            "role": pa.array(_ROLES).take(self.role),
            "email": self.records.email,
            "phone": self.records.phone,
            "since": days(self.since[self.of], first_on=crowd.calendar.first_on),
        }


def organisations(crowd: Crowd, *, written: int) -> Organisations:
    """The organisations that live beside these customers: one for each 75 of them, at least one."""
    rng = crowd.streams.of("organisations")
    n = 1 + crowd.persons.number.size // CUSTOMERS_AN_ORGANISATION
    since = np.floor(rng.random(n) ** 1.5 * crowd.calendar.days).astype(np.int64)
    size = np.minimum(3, 1 + rng.poisson(0.9, n))  # the owner, a buyer, somebody who pays
    of = np.repeat(np.arange(n), size)
    role = np.arange(of.size) - np.repeat(np.cumsum(size) - size, size)
    number = FIRST_ORGANISATION + written + np.arange(n)
    people = _people(crowd, number[of], STRANGERS + 10 * written, rng)
    place = rng.integers(0, 5, n)
    begins = [_BEGINNINGS[i] for i in rng.integers(0, len(_BEGINNINGS), n)]
    ends = [_ENDINGS[i] for i in rng.integers(0, len(_ENDINGS), n)]
    payment_days = rng.choice([14, 30], size=n, p=[0.3, 0.7])
    manager = crowd.staff.on_duty("wholesale", np.full(n, crowd.end - 1), rng)
    columns = {
        "organisation_number": pa.array(number),
        "name": pa.array([f"{b} {e} {i}" for b, e, i in zip(begins, ends, number, strict=True)]),
        "kind": pa.array(_KINDS).take(rng.choice(4, size=n, p=(0.55, 0.2, 0.15, 0.1))),
        "email": pa.array([f"faktura@org{i}.example" for i in number]),
        "postcode": postcodes(place),
        "city": cities(place),
        "payment_days": pa.array(payment_days),
        "staff_number": pa.array(crowd.staff.number[manager]),
        "customer_since": days(since, first_on=crowd.calendar.first_on),
    }
    everybody = np.arange(of.size)
    records = record(people, everybody, "organisation_people", rng)
    return Organisations(number, since, payment_days, people, of, role, records, columns)


def _people(crowd: Crowd, organisation: Ints, first: int, rng: np.random.Generator) -> Persons:
    """Somebody for each place in an organisation; some are customers in their own right."""
    n = organisation.size
    strangers = persons(names(n, rng=rng), first + np.arange(n), rng)
    address = work_addresses(strangers.spelling, organisation)
    strangers = replace(
        strangers, email=address, email_before=address, has_changed_email=np.zeros(n, np.bool_)
    )
    known = rng.permutation(crowd.persons.number.size)
    which = np.flatnonzero(rng.random(n) < PRIVATE_CUSTOMER_SHARE)[: known.size]
    place = np.arange(n)
    place[which] = n + known[: which.size]
    return strangers.followed_by(crowd.persons).take(place)


@dataclass(frozen=True, slots=True)
class Invoices:
    """Invoices in order of time, and their lines; days of the history."""

    number: Ints
    of: Ints  # places among the organisations
    issued: Ints
    paid: Ints  # beyond the history where not paid yet
    line_invoice: Ints  # places among the invoices
    line_product: Ints
    line_quantity: Ints

    @property
    def line_net(self) -> Ints:
        """What each line asks for, before tax."""
        return wholesale_prices()[self.line_product] * self.line_quantity


def invoices(crowd: Crowd, those: Organisations, *, first: int) -> Invoices:
    """What the organisations were asked to pay."""
    rng, n_days = crowd.streams.of("invoices"), crowd.calendar.days
    size = 1 + rng.poisson((n_days - 1 - those.since) / _EVERY_DAYS)
    of = np.repeat(np.arange(those.number.size), size)
    ahead = (n_days - those.since)[of]
    issued = those.since[of] + np.floor(rng.random(of.size) * ahead).astype(np.int64)
    by_time = np.argsort(issued, kind="stable")
    of, issued = of[by_time], issued[by_time]
    due = issued + those.payment_days[of]
    is_late = rng.random(of.size) < LATE_SHARE
    early = np.floor(rng.random(of.size) * np.minimum(8, those.payment_days[of])).astype(np.int64)
    late = 1 + np.floor(rng.exponential(12.0, of.size)).astype(np.int64)
    n_lines = 1 + rng.poisson(3.0, of.size)
    invoice = np.repeat(np.arange(of.size), n_lines)
    product = _products(crowd, issued[invoice], rng)
    invoice, product = np.divmod(
        distinct(invoice * len(PRODUCTS) + product), len(PRODUCTS)
    )  # the same product twice is one line
    return Invoices(
        number=first + np.arange(of.size),
        of=of,
        issued=issued,
        paid=np.where(is_late, due + late, due - early),
        line_invoice=invoice,
        line_product=product,
        line_quantity=6 * (1 + rng.poisson(1.5, invoice.size)),
    )


def _products(crowd: Crowd, day: Ints, rng: np.random.Generator) -> Ints:
    """A product for each line: some are bought more often in their season."""
    on = np.datetime64(crowd.calendar.first_on, "D") + day
    month = on.astype("datetime64[M]").astype(np.int64) % 12
    total = np.cumsum([_weights(each) for each in range(1, 13)], axis=1)
    shifted = total / total[:, -1:] + np.arange(12)[:, None]
    place = np.searchsorted(shifted.ravel(), month + rng.random(day.size), "right")
    chosen: Ints = place % len(PRODUCTS)
    return chosen


def _weights(month: int) -> Floats:
    """How often each product is taken in a month."""
    seasons = [SEASON_MONTHS[SEASONS.get(each.category, "all year")] for each in PRODUCTS]
    return np.array(
        [
            each.weight * (IN_SEASON if month in season else 1.0)
            for each, season in zip(PRODUCTS, seasons, strict=True)
        ]
    )


def invoice_columns(crowd: Crowd, those: Organisations, made: Invoices) -> dict[str, pa.Array]:
    """The columns of the invoices; each goes to the last of the organisation's people."""
    net = np.bincount(made.line_invoice, made.line_net, made.number.size).astype(np.int64)
    vat = net * VAT_PERCENT // 100
    first_on = crowd.calendar.first_on
    last = np.searchsorted(those.of, made.of, "right") - 1
    return {
        "invoice_number": pa.array(made.number),
        "organisation_number": pa.array(those.number[made.of]),
        "contact_number": pa.array(those.records.key[last]),
        "issued_on": days(made.issued, first_on=first_on),
        "due_on": days(made.issued + those.payment_days[made.of], first_on=first_on),
        "paid_on": days(made.paid, first_on=first_on, unknown=made.paid >= crowd.calendar.days),
        "net": money(net),
        "vat": money(vat),
        "amount": money(net + vat),
        "currency": pa.array([CURRENCY]).take(np.zeros(net.size, np.int64)),
    }


def invoice_line_columns(made: Invoices) -> dict[str, pa.Array]:
    """The columns of the lines of the invoices."""
    return {
        "invoice_number": pa.array(made.number[made.line_invoice]),
        "product_code": pa.array(CODES).take(made.line_product),
        "quantity": pa.array(made.line_quantity),
        "unit_price": money(wholesale_prices()[made.line_product]),
        "net": money(made.line_net),
    }


def dispute_columns(crowd: Crowd, made: Invoices, *, first: int) -> dict[str, pa.Array]:
    """The columns of what the organisations did not agree with."""
    rng = crowd.streams.of("disputes")
    which = np.flatnonzero(rng.random(made.number.size) < DISPUTED_SHARE)
    opened = made.issued[which] * DAY_SECONDS + rng.integers(9, 17, which.size) * 3600
    opened += rng.integers(0, 10, which.size) * DAY_SECONDS
    opened = np.minimum(opened, crowd.end - 1)
    resolved = opened + (rng.gamma(2.0, 5.0, which.size) * DAY_SECONDS).astype(np.int64)
    is_open = resolved >= crowd.end
    reason = rng.choice(len(_DISPUTE_REASONS), size=which.size)
    outcome = rng.choice(len(_OUTCOMES), size=which.size, p=(0.45, 0.25, 0.22, 0.08))
    first_on = crowd.calendar.first_on
    return {
        "dispute_number": pa.array(first + np.arange(which.size)),
        "invoice_number": pa.array(made.number[which]),
        "reason": pa.array(_DISPUTE_REASONS).take(reason),
        "opened_at": moments(opened, first_on=first_on),
        "resolved_at": moments(resolved, first_on=first_on, unknown=is_open),
        "outcome": pa.array(_OUTCOMES).take(pa.array(outcome, mask=is_open)),
    }
