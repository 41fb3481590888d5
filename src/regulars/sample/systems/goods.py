"""Goods: what is sold, at what offers, and what came back and why."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.sample.catalogue import CHANNELS, CURRENCY, PRODUCTS
from regulars.sample.season import DAY_SECONDS, Calendar
from regulars.sample.systems.crowd import Crowd
from regulars.sample.tables import MONEY, moments, money

Ints = NDArray[np.int64]

PRODUCT_LIST = pa.schema(
    {
        "product_code": pa.string(),
        "product": pa.string(),
        "category": pa.string(),
        "price": MONEY,
        "wholesale_price": MONEY,
        "currency": pa.string(),
        "season": pa.string(),
    }
)
OFFERS = pa.schema(
    {
        "offer_code": pa.string(),
        "name": pa.string(),
        "percent": pa.int64(),
        "first_on": pa.date32(),
        "last_on": pa.date32(),
    }
)
OFFERS_USED = pa.schema(
    {
        "order_number": pa.int64(),
        "product_code": pa.string(),
        "offer_code": pa.string(),
        "discount": MONEY,
    }
)
RETURNS = pa.schema(
    {
        "return_number": pa.int64(),
        "order_number": pa.int64(),
        "customer_number": pa.int64(),
        "product_code": pa.string(),
        "quantity": pa.int64(),
        "refund": MONEY,
        "currency": pa.string(),
        "reason": pa.string(),
        "channel": pa.string(),
        "returned_at": pa.timestamp("s"),
    }
)
WHOLESALE_DISCOUNT = 30  # percent off the price in the shops
SEASONS = {"Gifts": "winter", "Green tea": "summer"}  # category -> when cafés buy more of it
SEASON_MONTHS = {"all year": (), "winter": (11, 12, 1), "summer": (5, 6, 7, 8)}
_PERCENT = (10, 15, 20, 25)
_OFFER_NAMES = ("Second cup", "Tea time", "Fika week", "Friends of the house")
_REASONS = ("changed_mind", "faulty", "damaged", "wrong_item", "not_as_described", "other")
_REASON_SHARES = (0.38, 0.16, 0.18, 0.12, 0.10, 0.06)
CODES = tuple(f"{each.category[0]}{number:03}" for number, each in enumerate(PRODUCTS, start=101))


def product_columns() -> dict[str, pa.Array]:
    """The list of products, at their prices of the first year."""
    price = np.array([each.price for each in PRODUCTS]) * 100
    return {
        "product_code": pa.array(CODES),
        "product": pa.array([each.name for each in PRODUCTS]),
        "category": pa.array([each.category for each in PRODUCTS]),
        "price": money(price),
        "wholesale_price": money(wholesale_prices()),
        "currency": pa.array([CURRENCY] * len(PRODUCTS)),
        "season": pa.array([SEASONS.get(each.category, "all year") for each in PRODUCTS]),
    }


def wholesale_prices() -> Ints:
    """What organisations pay for each product, in minor units."""
    price = np.array([each.price for each in PRODUCTS], np.int64)
    return price * (100 - WHOLESALE_DISCOUNT)


def offer_columns(calendar: Calendar) -> dict[str, pa.Array]:
    """The offers: one of each percentage in each month of the history."""
    month, percent = _months(calendar), np.array(_PERCENT)
    begins = np.repeat(np.unique(month), percent.size)
    kind = np.tile(np.arange(percent.size), np.unique(month).size)
    first = begins.astype("datetime64[M]").astype("datetime64[D]")
    last = (begins + 1).astype("datetime64[M]").astype("datetime64[D]") - np.timedelta64(1, "D")
    return {
        "offer_code": _offer_codes(begins, percent[kind]),
        "name": pa.array(_OFFER_NAMES).take(kind),
        "percent": pa.array(percent[kind]),
        "first_on": pa.array(first),
        "last_on": pa.array(last),
    }


def _months(calendar: Calendar) -> Ints:
    """The month of each day of the history, counted from 1970."""
    on = np.datetime64(calendar.first_on, "D") + np.arange(calendar.days)
    return on.astype("datetime64[M]").astype(np.int64)


def _offer_codes(month: Ints, percent: Ints) -> pa.StringArray:
    codes = [
        f"{1970 + m // 12}-{m % 12 + 1:02}-{p}"
        for m, p in zip(month.tolist(), percent.tolist(), strict=True)
    ]
    return pa.array(codes, pa.string())


def offers_used_columns(crowd: Crowd) -> dict[str, pa.Array]:
    """Each line that was sold for less, and the offer it was sold at."""
    lines = crowd.lines
    taken = np.flatnonzero((lines.discount_minor > 0) & (lines.quantity > 0))
    gross = lines.unit_price_minor[taken] * lines.quantity[taken]
    # Lines are discounted by whole percents, rounded down to the öre.
    percent = np.rint(lines.discount_minor[taken] * 100 / gross).astype(np.int64)
    month = _months(crowd.calendar)[lines.at[taken] // DAY_SECONDS]
    wide = max(_PERCENT) + 1
    pairs, which = np.unique(month * wide + percent, return_inverse=True)
    codes = _offer_codes(pairs // wide, pairs % wide)
    return {
        "order_number": pa.array(crowd.line_orders[taken]),
        "product_code": pa.array(CODES).take(lines.product[taken]),
        "offer_code": codes.take(which),
        "discount": money(lines.discount_minor[taken]),
    }


def return_columns(crowd: Crowd) -> dict[str, pa.Array]:
    """What came back: the credit note, the order it was of, and why."""
    rng, lines = crowd.streams.of("returns"), crowd.lines
    back = np.flatnonzero(lines.quantity < 0)
    number_of = np.zeros(int(lines.document.max(initial=0)) + 1, np.int64)
    number_of[lines.document] = crowd.line_orders
    return {
        "return_number": pa.array(crowd.line_orders[back]),
        "order_number": pa.array(number_of[lines.of_document[back]]),
        "customer_number": pa.array(crowd.persons.number[lines.customer[back]]),
        "product_code": pa.array(CODES).take(lines.product[back]),
        "quantity": pa.array(-lines.quantity[back]),
        "refund": money(-lines.total_minor[back]),
        "currency": pa.array([CURRENCY]).take(np.zeros(back.size, np.int64)),
        "reason": pa.array(_REASONS).take(
            rng.choice(len(_REASONS), size=back.size, p=_REASON_SHARES)
        ),
        "channel": pa.array([name for name, _, _ in CHANNELS]).take(lines.channel[back]),
        "returned_at": moments(lines.at[back], first_on=crowd.calendar.first_on),
    }
