"""What each customer has bought of each product, and how strongly."""

from math import log
from typing import Any

import narwhals as nw

# Engines add up in different order: what the last digits say must not decide a rank.
DIGITS = 9


def bought(
    lines: nw.LazyFrame[Any], *, as_of: int, half_life_days: float = 120.0
) -> nw.LazyFrame[Any]:
    """What each known customer bought of each product, recent purchases weighing more.

    Takes   lines: one row per order line: customer, day (integer, days since 1970-01-01), product,
            is_purchase (bool); as_of, the last day looked at.
    Gives   one row per customer and product: customer, product, n_days (days on which it was
            bought), first_day, last_day, and strength: each of those days counts 1 on the last day
            on which the customer bought anything, and half of that half_life_days before it.
            Lines without a customer or a product, and returns, are left out.
    Error   exact; strength is rounded to 9 decimals.
    Beware  a product taken twice on one day was bought on one day. Strengths of two customers are
            not to be compared: each is measured from the customer's own last day.
    Source  frequency with decay: Li et al. 2023, ACM TOIS 41. A half-life of 120 days served a
            grocer's and a wholesaler's book alike, where decay by number of baskets wanted one
            number for each; 240 days hardly differ. `python -m bench.baskets` scores it.
    """
    if half_life_days <= 0:
        raise ValueError(f"half_life_days is {half_life_days}; wanted a number above 0")
    day = nw.col("day")
    days = (
        lines.filter(
            nw.col("is_purchase"),
            ~nw.col("customer").is_null(),
            ~nw.col("product").is_null(),
            day <= as_of,
        )
        .select("customer", "product", "day")
        .unique()
        .with_columns(age=day - day.max().over("customer"))
    )
    return (
        days.with_columns(strength=(nw.col("age") * (log(2) / half_life_days)).exp())
        .group_by("customer", "product")
        .agg(
            n_days=nw.len(),
            first_day=day.min(),
            last_day=day.max(),
            strength=nw.col("strength").sum(),
        )
        .with_columns(
            n_days=nw.col("n_days").cast(nw.Int64), strength=nw.col("strength").round(DIGITS)
        )
    )


def strongest(bought: nw.LazyFrame[Any], *, at_most: int = 100) -> nw.LazyFrame[Any]:
    """Each customer's strongest products: what bounds the cost of comparing products.

    Takes   bought (see `bought`); at_most, products a customer.
    Gives   customer, product, last_day, strength; at_most rows a customer, the strongest.
    Error   exact; equal strengths go by the product's name or number.
    Beware  what stands beyond the limit is forgotten. It is no loss: a customer who buys everything
            says little about what goes with what, and in a wholesaler's book limits of 50 and 100
            made better lists than none.
    Source  -
    """
    at_least_one(at_most=at_most)
    ranked = ranked_by(bought.with_columns(weakness=-nw.col("strength")), "weakness", "product")
    return ranked.filter(nw.col("rank") <= at_most).select(
        "customer", "product", "last_day", "strength"
    )


def ranked_by(frame: nw.LazyFrame[Any], *keys: str, within: str = "customer") -> nw.LazyFrame[Any]:
    """The same rows with `rank`, 1 for the smallest keys `within` a customer or product."""
    rank = nw.col(within).cum_count().over(within, order_by=keys).cast(nw.Int64)
    return frame.with_columns(rank=rank)


def at_least_one(**given: int) -> None:
    """Refuse counts below 1, by name."""
    for name, count in given.items():
        if count < 1:
            raise ValueError(f"{name} is {count}; wanted at least 1")
