"""How much of the business depends on discounts, and what becomes of customers won by them."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from regulars.measure.engine import Engine
from regulars.measure.figure import Figure
from regulars.measure.intervals import difference, proportion
from regulars.measure.ratios import share_of_total, totals

FULL_PRICE, DISCOUNT, UNKNOWN = 0, 1, -1


def discount_days(lines: nw.LazyFrame[Any], *, as_of: int) -> nw.LazyFrame[Any]:
    """What each known customer bought on each day, and how much of it on discount.

    Takes   lines: one row per order line: customer, day (integer, days since 1970-01-01),
            net_minor (or NULL), is_purchase (bool), is_discounted (bool, NULL where unknown);
            as_of, the last day looked at.
    Gives   one row per customer and purchase day: customer, day, first_day (the customer's first
            of all), spend_minor and discounted_minor (of lines of which it is known; 0 where no
            amounts), is_on_discount: at least half of the day's lines of which it is known were
            discounted, NULL where it is known of none.
    Error   exact.
    Beware  returns are left out: they do not say what was paid for. "At least half" keeps a
            grocer's basket with one offer in it from counting as bought on discount.
    Source  -
    """
    is_known = ~nw.col("is_discounted").is_null()
    is_on = is_known & nw.col("is_discounted").fill_null(value=False)
    amount = nw.col("net_minor").fill_null(0).cast(nw.Int64)
    share = nw.col("n_on") * 2
    return (
        lines.filter(nw.col("is_purchase"), ~nw.col("customer").is_null(), nw.col("day") <= as_of)
        .with_columns(
            known=is_known.cast(nw.Int64),
            on=is_on.cast(nw.Int64),
            spend=nw.when(is_known).then(amount).otherwise(0),
            discounted=nw.when(is_on).then(amount).otherwise(0),
        )
        .group_by("customer", "day")
        .agg(
            n_known=nw.col("known").sum(),
            n_on=nw.col("on").sum(),
            spend_minor=nw.col("spend").sum(),
            discounted_minor=nw.col("discounted").sum(),
        )
        .with_columns(
            first_day=nw.col("day").min().over("customer"),
            is_on_discount=nw.when(nw.col("n_known") > 0).then(share >= nw.col("n_known")),
            spend_minor=nw.col("spend_minor").cast(nw.Int64),
            discounted_minor=nw.col("discounted_minor").cast(nw.Int64),
        )
        .select(
            *("customer", "day", "first_day", "spend_minor", "discounted_minor", "is_on_discount")
        )
    )


def customer_discounts(days: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """How much each customer buys on discount.

    Takes   days (see `discount_days`).
    Gives   one row per customer of whom it is known: customer, n_days and n_discount_days (purchase
            days of which it is known), spend_minor, discounted_minor, and discounted_share (0..1)
            of the spend, NULL where there was none.
    Error   exact.
    Beware  a customer with one purchase has a share of 0 or 1 and shows nothing by it.
    Source  -
    """
    spend = nw.col("spend_minor")
    return (
        days.filter(~nw.col("is_on_discount").is_null())
        .with_columns(on=nw.col("is_on_discount").cast(nw.Int64))
        .group_by("customer")
        .agg(
            n_days=nw.len(),
            n_discount_days=nw.col("on").sum(),
            spend_minor=spend.sum(),
            discounted_minor=nw.col("discounted_minor").sum(),
        )
        .select(
            "customer",
            *(
                nw.col(name).cast(nw.Int64)
                for name in ("n_days", "n_discount_days", "spend_minor", "discounted_minor")
            ),
            discounted_share=nw.col("discounted_minor").cast(nw.Float64)
            / nw.when(spend > 0).then(spend).cast(nw.Float64),
        )
    )


@dataclass(frozen=True, slots=True)
class Dependence:
    """How much is bought on discount, and by whom; each share runs 0..1.

    `spend_share` of all spend, `days_share` of all purchase days; `only_share` and `never_share` of
    the customers with two purchase days or more buy on discount only, or never.
    """

    spend_share: Figure
    days_share: Figure
    only_share: Figure
    never_share: Figure


def dependence(customers: nw.LazyFrame[Any], *, engine: Engine, level: float = 0.95) -> Dependence:
    """How much of the business is bought on discount.

    Takes   customers (see `customer_discounts`).
    Gives   a Dependence; figures are unknown with `nobody_counted` where nothing is known of any
            discount, and the share of spend with `no_revenue` where there are no amounts.
    Error   shares of spend and of days: a ratio over customers (`ratios.share_of_total`); shares of
            customers: Wilson. At `level`.
    Beware  bought on discount is not bought because of it: many would have bought anyway.
    Source  -
    """
    known = engine.keep(customers.with_columns(everybody=nw.lit(1)), "customers_by_discount")
    spend, days = (
        totals(known, part=part, whole=whole, by="everybody", engine=engine).get(1)
        for part, whole in (("discounted_minor", "spend_minor"), ("n_discount_days", "n_days"))
    )
    on, n_days = nw.col("n_discount_days"), nw.col("n_days")
    counted = engine.arrays(
        known.filter(n_days >= 2).select(
            n=nw.len(),
            only=(on == n_days).cast(nw.Int64).sum(),
            never=(on == 0).cast(nw.Int64).sum(),
        )
    )
    engine.drop("customers_by_discount")
    # A sum over nobody is NULL.
    n, only, never = (int(np.nan_to_num(counted[name][0])) for name in ("n", "only", "never"))
    return Dependence(
        spend_share=share_of_total(spend, level=level),
        days_share=share_of_total(days, level=level),
        only_share=proportion(only, n, level=level),
        never_share=proportion(never, n, level=level),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Customers by what they were won with: the share back in time, and how they bought then."""

    n: int
    back: Figure
    discounted_later: Figure  # share of what those back spent after the first day, in that time


@dataclass(frozen=True, slots=True)
class Won:
    """Customers whose first purchase was on discount, and those who first paid the full price.

    `difference` of the two shares back, discount less full price; `n_unknown`: customers of whose
    first purchase it is not known.
    """

    within_days: int
    discount: Group
    full_price: Group
    difference: Figure
    n_unknown: int


def won(
    days: nw.LazyFrame[Any],
    *,
    as_of: int,
    engine: Engine,
    within_days: int = 365,
    first_from: int | None = None,
    level: float = 0.95,
) -> Won:
    """Whether customers won by a discount come back as others do, and what they pay then.

    Takes   days (see `discount_days`); within_days, the time to come back in; first_from, the first
            day on which a first purchase is taken for one (none: all).
    Gives   a Won over the customers whose within_days had passed by as_of.
    Error   Wilson for each share, Newcombe for the difference, and a ratio over customers for the
            share of later spend; at `level`.
    Beware  nobody drew lots: discounts run in some seasons, for some products, and draw some kinds
            of people, so the difference is not what the discount did; a holdout tells that. Who
            bought before the history begins looks new at its start: set first_from later.
    Source  Newcombe 1998, Statistics in Medicine 17, method 10.
    """
    if within_days < 1:
        raise ValueError(f"within_days is {within_days}; wanted at least 1")
    seen = days.filter(nw.col("first_day") + within_days <= as_of)
    if first_from is not None:
        seen = seen.filter(nw.col("first_day") >= first_from)
    customers = engine.keep(_what_followed(seen, within_days), "customers_by_won")
    counted = engine.arrays(customers.group_by("won_by").agg(n=nw.len(), back=nw.col("back").sum()))
    spent = customers.filter(nw.col("later") > 0)
    later = totals(spent, part="later_discounted", whole="later", by="won_by", engine=engine)
    engine.drop("customers_by_won")
    back = dict.fromkeys((FULL_PRICE, DISCOUNT, UNKNOWN), (0, 0))
    for kind, k, n in zip(counted["won_by"], counted["back"], counted["n"], strict=True):
        back[int(kind)] = int(k), int(n)
    discount, full_price = (
        Group(
            back[kind][1],
            proportion(*back[kind], level=level),
            share_of_total(later.get(kind), level=level),
        )
        for kind in (DISCOUNT, FULL_PRICE)
    )
    apart = difference(*back[DISCOUNT], *back[FULL_PRICE], level=level)
    return Won(within_days, discount, full_price, apart, n_unknown=back[UNKNOWN][1])


def _what_followed(days: nw.LazyFrame[Any], within_days: int) -> nw.LazyFrame[Any]:
    """Per customer: what they were won by, whether they came back in time, and their spend then."""
    day, first = nw.col("day"), nw.col("first_day")
    is_later = (day > first) & (day <= first + within_days)
    return (
        days.with_columns(
            won_by=nw.when(day == first).then(nw.col("is_on_discount").cast(nw.Int64)),
            back=is_later.cast(nw.Int64),
            later=nw.when(is_later).then(nw.col("spend_minor")).otherwise(0),
            later_discounted=nw.when(is_later).then(nw.col("discounted_minor")).otherwise(0),
        )
        .group_by("customer")
        .agg(
            *(nw.col(name).max() for name in ("won_by", "back")),
            *(nw.col(name).sum() for name in ("later", "later_discounted")),
        )
        .with_columns(won_by=nw.col("won_by").fill_null(UNKNOWN))
    )
