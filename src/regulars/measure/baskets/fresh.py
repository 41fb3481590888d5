"""The list "new for you": what goes with what a customer buys and was never bought by them."""

from typing import Any

import narwhals as nw
import numpy as np
from scipy.sparse import csr_array

from regulars.measure.baskets.listing import best_unknown
from regulars.measure.baskets.strength import DIGITS, at_least_one, ranked_by
from regulars.measure.engine import Engine


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
    engine: Engine,
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
    Beware  it is worked out here and not in the engine, block by block of customers: memory holds
            three numbers per customer and product bought. In a grocer's book the list found a tenth
            more than the most popular products not yet bought, in a wholesaler's three and a half
            times as much: look before relying on it.
    Source  item-to-item recommendation: Sarwar et al. 2001; Linden, Smith & York 2003.
    """
    at_least_one(at_most=at_most)
    customers, n_customers = _numbered(bought, "customer", engine)
    products, n_products = _numbered(bought, "product", engine)
    others = products.rename({"product": "neighbour", "product_number": "neighbour_number"})
    by_customer = n_customers, n_products

    def matrix(frame: nw.LazyFrame[Any], *keys: str, value: nw.Expr, shape: tuple[int, int]) -> Any:
        numbers = [f"{key}_number" for key in keys]
        found = engine.arrays(frame.select(*numbers, value=value))
        return csr_array((found["value"], tuple(found[name] for name in numbers)), shape=shape)

    def numbered(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        return frame.join(customers, on="customer").join(products, on="product")

    pairs = neighbours.join(products, on="product").join(others, on="neighbour")
    listed = best_unknown(
        matrix(
            numbered(strongest), "customer", "product", value=nw.col("strength"), shape=by_customer
        ),
        matrix(
            pairs, "product", "neighbour", value=nw.col("closeness"), shape=(n_products, n_products)
        ),
        matrix(
            numbered(bought), "customer", "product", value=nw.lit(1, nw.Int8), shape=by_customer
        ),
        at_most=at_most,
    )
    table = engine.table(
        {
            "customer_number": listed.customer,
            "product_number": listed.product,
            "rank": listed.rank,
            "score": listed.score,
            "n_known": listed.n_known,
        },
        "new_for_you_numbered",
    )
    return (
        table.join(customers, on="customer_number")
        .join(products, on="product_number")
        .select(
            "customer",
            nw.col("rank").cast(nw.Int64),
            "product",
            "score",
            nw.col("n_known").cast(nw.Int64),
        )
    )


def _numbered(
    bought: nw.LazyFrame[Any], name: str, engine: Engine
) -> tuple[nw.LazyFrame[Any], int]:
    """Every customer or product with its number, in the order of their names."""
    names = np.sort(engine.arrays(bought.select(name).unique())[name])
    numbers = np.arange(len(names), dtype=np.int32)
    return engine.table({name: names, f"{name}_number": numbers}, f"numbered_{name}"), len(names)
