"""What is in the baskets: lines with products, prices, discounts and returns."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from regulars.sample.catalogue import CHANNELS, PRODUCTS, WEB
from regulars.sample.purchases import Purchases
from regulars.sample.season import DAY_SECONDS, Calendar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOBODY = -1  # the customer of an anonymous sale
_ANONYMOUS_SHARE = 0.09  # anonymous sales beside each named sale in a branch
_RETURN_SHARE = 0.022  # of lines
_USUAL_CHANNEL_SHARE = 0.86  # of purchases made the customer's usual way
_FAVOURITE_SHARE = 0.62  # of lines that hold one of the customer's three favourites
_DISCOUNTS = np.array([10, 15, 20, 25])  # percent
_PRICE_RISE = 1.035  # at each turn of the year


@dataclass(frozen=True, slots=True)
class Lines:
    """Order lines; money in minor units, `at` in seconds since the history's first midnight.

    `document` tells orders and credit notes apart; returned lines have a negative quantity, and
    `of_document` says which order they are of. That of an order is the order itself.
    """

    document: Ints
    of_document: Ints
    customer: Ints
    at: Ints
    channel: Ints
    product: Ints
    quantity: Ints
    unit_price_minor: Ints
    discount_minor: Ints
    total_minor: Ints

    def where(self, chosen: NDArray[np.bool_] | Ints) -> "Lines":
        """Some of the lines, or all of them in another order."""
        return Lines(*(getattr(self, each.name)[chosen] for each in fields(self)))

    def followed_by(self, others: "Lines") -> "Lines":
        """These lines and then the others."""
        return Lines(
            *(
                np.concatenate((getattr(self, f.name), getattr(others, f.name)))
                for f in fields(self)
            )
        )


def fill(purchases: Purchases, calendar: Calendar, *, rng: np.random.Generator) -> Lines:
    """The lines of every purchase, of anonymous sales beside them, and of returns; by time."""
    n_named = purchases.customer.size
    usual = rng.choice(len(CHANNELS), size=purchases.n, p=[share for _, _, share in CHANNELS])
    other = rng.integers(0, len(CHANNELS), n_named)
    is_usual = rng.random(n_named) < _USUAL_CHANNEL_SHARE
    channel = np.where(is_usual, usual[purchases.customer], other)
    # A stranger buys where and on the day somebody known does: the shops are as busy for both.
    in_shop = np.flatnonzero(channel != WEB)
    beside = rng.choice(in_shop, size=rng.binomial(in_shop.size, _ANONYMOUS_SHARE))
    buyer = np.concatenate((purchases.customer, purchases.n + np.arange(beside.size)))
    stranger_at = np.floor(purchases.at[beside]) + rng.random(beside.size)
    at = _opening_seconds(
        np.concatenate((purchases.at, stranger_at)), channel := np.append(channel, channel[beside])
    )
    order, product, quantity, deals = _choose(buyer, purchases.n + beside.size, rng)
    price = _prices(calendar)[at[order] // DAY_SECONDS, product]
    percent = np.where(
        rng.random(order.size) < deals[buyer[order]], rng.choice(_DISCOUNTS, size=order.size), 0
    )
    gross = price * quantity
    discount = gross * percent // 100
    lines = Lines(
        document=order,
        of_document=order,
        customer=np.where(buyer < purchases.n, buyer, NOBODY)[order],
        at=at[order],
        channel=channel[order],
        product=product,
        quantity=quantity,
        unit_price_minor=price,
        discount_minor=discount,
        total_minor=gross - discount,
    )
    lines = lines.followed_by(_returns(lines, at.size, calendar, rng))
    return lines.where(np.lexsort((lines.document, lines.at)))


def _opening_seconds(at: Floats, channel: Ints) -> Ints:
    """Whole seconds, with the part of the day moved into the hours the channel is open."""
    opens, closes = np.array([hours for _, hours, _ in CHANNELS]).T[:, channel]
    day = np.floor(at)
    hour = opens + (at - day) * (closes - opens)
    seconds: Floats = day * DAY_SECONDS + hour * 3600
    return seconds.astype(np.int64)


def _choose(
    buyer: Ints, n_buyers: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Floats]:
    """Products and quantities for every order, and how often each buyer takes an offer."""
    weight = np.array([product.weight for product in PRODUCTS])
    popular = np.cumsum(weight / weight.sum())
    # A lognormal appetite makes the spend heavy-tailed: a few offices buy for everybody.
    appetite = rng.lognormal(-0.35, 0.85, n_buyers)
    deals = rng.beta(0.5, 3.2, n_buyers)
    favourites = np.searchsorted(popular, rng.random((n_buyers, 3)))
    n_lines = 1 + rng.poisson(0.8 * appetite[buyer])
    order = np.repeat(np.arange(buyer.size), n_lines)
    product = np.where(
        rng.random(order.size) < _FAVOURITE_SHARE,
        favourites[buyer[order], rng.integers(0, 3, order.size)],
        np.searchsorted(popular, rng.random(order.size)),
    )
    # The same product taken twice is one line.
    order, product = np.divmod(distinct(order * len(PRODUCTS) + product), len(PRODUCTS))
    cheap = np.array([product.price < 200 for product in PRODUCTS])[product]
    quantity = 1 + rng.poisson(np.where(cheap, 0.35, 0.06) * appetite[buyer[order]])
    return order, product, quantity, deals


def distinct(numbers: Ints) -> Ints:
    """Each number once, in order: much faster than `np.unique` where they are nearly sorted."""
    ordered = np.sort(numbers, kind="stable")
    is_new = np.ones(ordered.size, np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]


def _prices(calendar: Calendar) -> Ints:
    """What each product costs on each day, in minor units: whole kronor."""
    on = np.datetime64(calendar.first_on, "D") + np.arange(calendar.days + calendar.horizon_days)
    year = on.astype("datetime64[Y]").astype(np.int64)
    rise = _PRICE_RISE ** (year - year[0]) if calendar.has_season else np.ones(on.size)
    base = np.array([product.price for product in PRODUCTS])
    kronor: Floats = np.rint(rise[:, None] * base)
    return kronor.astype(np.int64) * 100


def _returns(lines: Lines, n_orders: int, calendar: Calendar, rng: np.random.Generator) -> Lines:
    """Credit notes for some of the lines, days later; those beyond the horizon are left out."""
    back = np.flatnonzero((rng.random(lines.at.size) < _RETURN_SHARE) & (lines.customer != NOBODY))
    sold = lines.where(back)
    later = sold.at + rng.integers(1, 29, back.size) * DAY_SECONDS
    returned = Lines(
        document=n_orders + np.arange(back.size),
        of_document=sold.document,
        customer=sold.customer,
        at=later,
        channel=sold.channel,
        product=sold.product,
        quantity=-sold.quantity,
        unit_price_minor=sold.unit_price_minor,
        discount_minor=-sold.discount_minor,
        total_minor=-sold.total_minor,
    )
    return returned.where(later < (calendar.days + calendar.horizon_days) * DAY_SECONDS)
