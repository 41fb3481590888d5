"""The list "again": what a customer has bought before and is likely to take once more."""

from typing import Any

import narwhals as nw

from regulars.measure.baskets.strength import at_least_one, ranked_by

# A customer's own gaps count from the first; everybody's count as much as two of them.
SHARED_GAPS = 2


def again(bought: nw.LazyFrame[Any], *, at_most: int = 10) -> nw.LazyFrame[Any]:
    """What each customer is most likely to buy again, and when each product is due.

    Takes   bought (see `bought`); at_most, products a customer.
    Gives   customer, rank (1 the likeliest), product, strength, n_days, last_day, due_day: the last
            day the customer bought it plus the expected gap in days, rounded; NULL where nobody
            has bought the product on two days. Ranked by strength; ties go to the product that
            more customers have bought.
    Error   none is given: strength is no probability. How often the list hits is measured by
            `python -m bench.baskets`.
    Beware  the gap is that of customers who came back for the product, so for those who will not
            it is due too early. The due day does not enter the rank: it made the lists worse in
            every shop tried.
    Source  own frequency as the list to beat: Li et al. 2023, ACM TOIS 41, "A Next Basket
            Recommendation Reality Check". The gap is a mean drawn to everybody's
            (Bühlmann & Straub 1970) with a fixed weight.
    """
    at_least_one(at_most=at_most)
    known = bought.with_columns(
        span=nw.col("last_day") - nw.col("first_day"), gaps=nw.col("n_days") - 1
    )
    products = known.group_by("product").agg(
        buyers=nw.len(), shared_span=nw.col("span").sum(), shared_gaps=nw.col("gaps").sum()
    )
    shared_gap = nw.col("shared_span") / nw.when(nw.col("shared_gaps") > 0).then(
        nw.col("shared_gaps")
    )
    gap = (nw.col("span") + SHARED_GAPS * shared_gap) / (nw.col("gaps") + SHARED_GAPS)
    ranked = ranked_by(
        known.join(products, on="product").with_columns(
            weakness=-nw.col("strength"),
            rarity=-nw.col("buyers"),
            due_day=nw.col("last_day") + (gap + 0.5).floor().cast(nw.Int64),
        ),
        *("weakness", "rarity", "product"),
    )
    return ranked.filter(nw.col("rank") <= at_most).select(
        "customer", "rank", "product", "strength", "n_days", "last_day", "due_day"
    )
