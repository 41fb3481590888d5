"""A lean order file of any size, for measuring speed and memory."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_
from regulars.sample.planted import Planted
from regulars.sample.purchases import simulate
from regulars.sample.season import AS_OF, DAY_SECONDS, Calendar, calendar
from regulars.sample.tables import MONEY, TableFile, money

DAYS = 730
# 2.8 purchases a customer over two years, six customers in ten come again.
LOAD = Planted(r=0.81, alpha=73.0, a=0.895, b=4.54, has_season=False, growth=1.0)
_CHUNK = 100_000  # customers made at a time
_SCHEMA = pa.schema(
    {
        "order_id": pa.int64(),
        "customer_id": pa.int64(),
        "ordered_at": pa.timestamp("us"),
        "amount": MONEY,
    }
)


def bench_orders(
    path: Path,
    *,
    lines: int = 10_000_000,
    customers: int = 1_000_000,
    seed: int = 1,
    progress: Progress = silent,
) -> None:
    """Write exactly `lines` order lines of `customers` customers to one Parquet file.

    Ordered by time within each hundred thousand customers. Every purchase has at least one line,
    so `lines` must not be below the purchases that come about, some three a customer.
    """
    if path.suffix != ".parquet":
        raise ValueError(f"path is {path.name!r}; wanted a name that ends with .parquet")
    if customers < 1:
        raise ValueError(f"customers is {customers}; wanted at least 1")
    shop = calendar(LOAD, as_of=AS_OF, days=DAYS, horizon_days=0)
    next_order = 1
    with TableFile(path, _SCHEMA) as file:
        for chunk, start in enumerate(range(0, customers, _CHUNK)):
            progress(N_("Writing orders to measure with"), start / customers)
            end = min(start + _CHUNK, customers)
            n_lines = lines * end // customers - lines * start // customers
            rng = np.random.default_rng((seed, chunk))
            columns, n_orders = _chunk(shop, end - start, n_lines, start, next_order, rng=rng)
            file.write(columns)
            next_order += n_orders


def _chunk(
    shop: Calendar, n: int, n_lines: int, start: int, next_order: int, *, rng: np.random.Generator
) -> tuple[dict[str, pa.Array], int]:
    """The lines of `n` customers numbered from `start` + 1, and how many orders they are of."""
    purchases = simulate(LOAD, shop, n, rng=rng)
    by_time = np.argsort(purchases.at)
    n_orders = by_time.size
    if n_lines < n_orders:
        raise ValueError(
            f"lines is too small: it leaves {n_lines} for {n_orders} purchases of {n} customers; "
            "wanted at least one a purchase"
        )
    more = rng.integers(0, n_orders, n_lines - n_orders)
    order = np.sort(np.concatenate((np.arange(n_orders), more)))
    customer, at = purchases.customer[by_time][order], purchases.at[by_time][order]
    midnight = np.datetime64(shop.first_on, "us").astype(np.int64)
    spend = rng.lognormal(3.0, 0.7, n)[customer] * rng.gamma(4.0, 0.25, n_lines)
    return {
        "order_id": pa.array(next_order + order),
        "customer_id": pa.array(start + 1 + customer),
        "ordered_at": pa.array(midnight + (at * DAY_SECONDS).astype(np.int64) * 1_000_000).cast(
            pa.timestamp("us")
        ),
        "amount": money(1 + np.floor(spend * 100).astype(np.int64)),
    }, n_orders
