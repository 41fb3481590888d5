"""The list "new for you": what goes with what a customer buys and was never bought by them."""

from typing import Any

import narwhals as nw

from regulars.measure.baskets.strength import DIGITS, at_least_one, ranked_by


def neighbours(
    strongest: nw.LazyFrame[Any],
    *,
    at_most: int = 20,
    least_buyers: int = 5,
    customers_at_most: int = 50_000,
) -> nw.LazyFrame[Any]:
    """Which products are bought by the same customers.

    Takes   strongest (see `strongest`); at_most, neighbours a product; least_buyers, customers a
            product must have; customers_at_most, the customers seen last that are looked at.
    Gives   product, neighbour, n_both (customers with both, at least 2), closeness (0..1): the
            cosine of the two sets of customers, n_both / sqrt(n_one n_other).
    Error   exact; equal closeness goes by the neighbour's name or number.
    Beware  the cost is bounded by customers_at_most times the square of the products a customer,
            whatever the size of the shop; a season's products are close because of the season.
    Source  item-to-item cosine: Sarwar et al. 2001, WWW 10.
    """
    at_least_one(at_most=at_most, least_buyers=least_buyers, customers_at_most=customers_at_most)
    latest = (
        strongest.group_by("customer")
        .agg(last_day=nw.col("last_day").max())
        .sort("last_day", "customer", descending=[True, False])
        .head(customers_at_most)
        .select("customer")
    )
    of_these = strongest.join(latest, on="customer").select("customer", "product")
    buyers = of_these.group_by("product").agg(n=nw.len()).filter(nw.col("n") >= least_buyers)
    taken = of_these.join(buyers, on="product")
    pairs = (
        taken.join(taken, on="customer", suffix="_other")
        .filter(nw.col("product") < nw.col("product_other"))
        .group_by("product", "product_other")
        .agg(n_both=nw.len(), n=nw.col("n").max(), n_other=nw.col("n_other").max())
        .filter(nw.col("n_both") >= 2)
        .with_columns(
            n_both=nw.col("n_both").cast(nw.Int64),
            closeness=nw.col("n_both")
            / (nw.col("n").cast(nw.Float64) * nw.col("n_other").cast(nw.Float64)).sqrt(),
        )
    )
    one_way = pairs.select("product", "n_both", "closeness", neighbour=nw.col("product_other"))
    other_way = pairs.select(
        nw.col("product_other").alias("product"), "n_both", "closeness", neighbour=nw.col("product")
    )
    ranked = ranked_by(
        nw.concat([one_way, other_way]).with_columns(distance=-nw.col("closeness").round(DIGITS)),
        *("distance", "neighbour"),
        within="product",
    )
    return ranked.filter(nw.col("rank") <= at_most).select(
        "product", "neighbour", "n_both", "closeness"
    )


def new_for_you(
    bought: nw.LazyFrame[Any],
    strongest: nw.LazyFrame[Any],
    neighbours: nw.LazyFrame[Any],
    *,
    at_most: int = 10,
) -> nw.LazyFrame[Any]:
    """What each customer has never bought and others with the same products have.

    Takes   bought, strongest and neighbours, of one history (see the functions so named); at_most,
            products a customer.
    Gives   customer, rank (1 the best), product, score: the strengths of the customer's products
            times the closeness of this one to them, added up; n_known: of how many of them it is
            a neighbour. A customer whose products have no neighbours has no row.
    Error   none is given: the score orders, and means nothing else. How often the list hits, beside
            the most popular products, is measured by `python -m bench.baskets`.
    Beware  the cost is that of customers times their products times neighbours: for millions of
            customers hand in the strongest products of those the list is for. In a grocer's book
            the list found a tenth more than the most popular products not yet bought, in a
            wholesaler's three and a half times as much: look before relying on it.
    Source  item-to-item recommendation: Sarwar et al. 2001; Linden, Smith & York 2003.
    """
    at_least_one(at_most=at_most)
    candidates = (
        strongest.join(neighbours, on="product")
        .with_columns(part=nw.col("strength") * nw.col("closeness"))
        .group_by("customer", "neighbour")
        .agg(score=nw.col("part").sum(), n_known=nw.len())
        .select(
            "customer",
            nw.col("neighbour").alias("product"),
            nw.col("score").round(DIGITS),
            nw.col("n_known").cast(nw.Int64),
        )
        .join(bought.select("customer", "product"), on=["customer", "product"], how="anti")
        .with_columns(farness=-nw.col("score"))
    )
    ranked = ranked_by(candidates, "farness", "product")
    return ranked.filter(nw.col("rank") <= at_most).select(
        "customer", "rank", "product", "score", "n_known"
    )
