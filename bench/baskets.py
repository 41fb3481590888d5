"""How often the two lists of the next basket hit: the last basket held out, each list alone.

    python -m bench.baskets [--at-most 10] [--customers 1000000]

Customers with five baskets or more; what they bought in the last one is to be found by lists made
of everything before it, other customers' whole histories included. What they had bought before
("repeat") and what was new to them ("explore") is scored apart too, over the customers who had any
of it. Recall is the share of the basket that stood in the list, a hit is a list with at least one
product of it. Bar: "again" alone reaches the best own-frequency figures known for these sets.
The sets are looked for in ../shared/data.

With --customers both lists are made for so many made customers instead, of ten lines each and 5,000
products, and what that costs is printed: half of the lines are of three or four favourites.
"""

import argparse
import sys
import time
from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage
from time import process_time

import duckdb

from bench.measured import machine
from bench.real import REAL
from regulars.measure import baskets
from regulars.measure.engine import DuckEngine

LEAST_BASKETS = 5

JOURNEY = f"""
    select household_id as customer, basket_id as order_key, {{product}} as product,
        transaction_timestamp::date - date '1970-01-01' as day
    from '{REAL}/complete_journey_even/transactions.parquet'
    join '{REAL}/complete_journey_even/products.parquet' using (product_id)
    where product is not null"""
# The second file begins on 2010-12-01, nine days before the first one ends.
RETAIL = f"""
    select customer_id as customer, invoice as order_key, stock_code as product,
        invoice_date::date - date '1970-01-01' as day
    from (from '{REAL}/online_retail_ii/online_retail_ii_2009_2010.parquet'
        where invoice_date < date '2010-12-01'
        union all by name
        from '{REAL}/online_retail_ii/online_retail_2010_2011.parquet')
    where quantity > 0 and price > 0 and customer_id is not null and invoice is not null"""
# The best recall and the best hit rate of lists by own frequency, plain or decayed by baskets.
SETS = {
    "Complete Journey, product": (JOURNEY.format(product="product_id"), 0.140, 0.495),
    "Complete Journey, product type": (JOURNEY.format(product="product_type"), 0.223, 0.648),
    "Online Retail II": (RETAIL, 0.198, 0.744),
}

HELD_OUT = f"""
    create table baskets as
        select customer, day, order_key,
            row_number() over (partition by customer order by day desc, order_key desc) as ago,
            count(*) over (partition by customer) >= {LEAST_BASKETS} as is_scored
        from (select distinct customer, day, order_key from everything);
    create table lines as
        select customer, day, order_key, product, true as is_purchase
        from everything join baskets using (customer, day, order_key)
        where not (is_scored and ago = 1);
    create table asked as select customer from baskets where is_scored and ago = 1;
    create table held_out as
        select distinct customer, product,
            (customer, product) in (select (customer, product) from lines) as is_repeat
        from everything join baskets using (customer, day, order_key) where is_scored and ago = 1;
    create table counted as
        select product, count(*) as n from (
            select distinct customer, day, order_key, product from lines) group by product;
    create table own as
        select customer, product, count(distinct (day, order_key)) as n from lines
        semi join asked using (customer) group by all;
    create table popular as from counted order by n desc, product limit 3000"""

LISTS = {
    "popular overall": "select customer, product, n as score from asked, popular",
    "own most frequent, then popular": """
        select customer, product, 1e9 * coalesce(own.n, 0) + coalesce(counted.n, 0) as score
        from (select customer, product from own union select customer, product from asked, popular)
        left join own using (customer, product) left join counted using (product)""",
    "again": "select customer, product, -rank as score from again semi join asked using (customer)",
    "popular, not yet bought": """
        select customer, product, n as score from (from asked, popular)
        anti join own using (customer, product)""",
    "new for you": """
        select customer, product, -rank as score from new_for_you semi join asked using (customer)
        """,
}
SCORED = """
    with list as (
        select customer, product from ({list})
        qualify row_number() over (partition by customer order by score desc, product) <= {at_most}
    ), found as (
        select customer, count(*) as n, count(list.product) as k from held_out
        left join list using (customer, product) where {which} group by customer
    ) select avg(k / n), avg((k > 0)::int), count(*) from found"""
PARTS = {"all": "true", "repeat": "is_repeat", "explore": "not is_repeat"}


MANY = """
    create table lines as
        select customer, (hash(i) % 700)::int as day, true as is_purchase,
            (case when hash(i + 1) % 2 = 0 then hash(7 * customer + hash(i + 2) % 4) % 5000
                else pow(hash(i + 3) % 1000000 / 1e6, 3) * 5000 end)::int as product
        from (select i, i % {customers} as customer from range({customers} * 10) lines(i))"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--at-most", type=int, default=10, help="products in a list")
    parser.add_argument("--customers", type=int, help="made ones, for what it costs")
    asked = parser.parse_args()
    at_most = asked.at_most
    if asked.customers:
        print(machine())
        return cost_of_many(asked.customers, at_most)
    if not REAL.exists():
        sys.exit("real data sets are not beside this checkout")
    print(machine())
    is_reached = [score(name, at_most) for name in SETS]
    return 0 if all(is_reached) or at_most != 10 else 1


def cost_of_many(customers: int, at_most: int) -> int:
    """Print what both lists cost for this many customers."""
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '1GB'")
        connection.execute(MANY.format(customers=customers))
        seconds = made(DuckEngine(connection), at_most)
    peak_mb = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    print(f"seconds: {', '.join(f'{what} {took:.1f}' for what, took in seconds.items())}")
    print(f"{process_time():.1f} s CPU, peak {peak_mb:,.0f} MB")
    return 0


def score(name: str, at_most: int) -> bool:
    """Print every list's scores on one set; gives whether "again" reaches the bar."""
    query, recall_wanted, hits_wanted = SETS[name]
    with duckdb.connect() as connection:
        connection.execute(f"create table everything as {query}")
        connection.execute(HELD_OUT)
        seconds = made(DuckEngine(connection), at_most)
        one = connection.sql("select count(*) from counted").fetchall()[0][0]
        repeats = connection.sql("select avg(is_repeat::int) from held_out").fetchall()[0][0]
        print(f"\n{name}: {one:,} products, {repeats:.0%} of held-out lines are repeats")
        print(f"{'':33}{''.join(f'{part:>22}' for part in PARTS)}")
        scores = {label: scored(connection, label, at_most) for label in LISTS}
    for label, parts in scores.items():
        shown = (f"{recall:.4f} / {hits:.4f} {n:>5,}" for recall, hits, n in parts)
        print(f"{label:33}{''.join(f'{part:>22}' for part in shown)}")
    recall, hits, _ = scores["again"][0]
    is_reached = recall >= recall_wanted and hits >= hits_wanted
    verdict = "reached" if is_reached else "MISSED"
    print(f"own frequency, best known: {recall_wanted:.3f} / {hits_wanted:.3f}: {verdict}")
    print(f"seconds: {', '.join(f'{what} {took:.1f}' for what, took in seconds.items())}")
    return is_reached


def made(engine: DuckEngine, at_most: int) -> dict[str, float]:
    """Make both lists for every customer; gives the seconds that each table took."""
    as_of = int(engine.arrays(engine.frame("lines").select("day"))["day"].max())
    table = engine.frame
    steps: dict[str, Callable[[], object]] = {
        "bought": lambda: baskets.bought(table("lines"), as_of=as_of),
        "again": lambda: baskets.again(table("bought"), at_most=at_most),
        "strongest": lambda: baskets.strongest(table("bought")),
        "neighbours": lambda: baskets.neighbours(table("strongest")),
        "new_for_you": lambda: baskets.new_for_you(
            table("bought"),
            table("strongest"),
            table("neighbours"),
            engine=engine,
            at_most=at_most,
        ),
    }
    seconds = {}
    for name, step in steps.items():
        start = time.perf_counter()
        engine.keep(step(), name)
        seconds[name] = time.perf_counter() - start
    return seconds


def scored(
    connection: duckdb.DuckDBPyConnection, label: str, at_most: int
) -> list[tuple[float, float, int]]:
    """Recall, hit rate and customers: of the whole basket, of its repeats, of what was new."""
    return [
        connection.sql(SCORED.format(list=LISTS[label], at_most=at_most, which=which)).fetchall()[0]
        for which in PARTS.values()
    ]


if __name__ == "__main__":
    sys.exit(main())
