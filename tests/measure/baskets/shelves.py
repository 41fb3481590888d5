"""Small histories of products, and slow plain-Python lists to hold the measures against."""

import numpy as np


def product_lines(rows, engine):
    """Rows of (customer, day, product, is_purchase) as the table `lines`."""
    customers, days, products, bought = zip(*rows, strict=True)
    return engine.table(
        {
            "customer": np.array(customers, dtype=object),
            "day": np.array(days, dtype=np.int32),
            "product": np.array(products, dtype=object),
            "is_purchase": np.array(bought, dtype=bool),
        },
        "product_lines_of_test",
    )


def random_baskets(seed, *, customers=40, products=25, days=300):
    """Customers with favourites who also try other things, the popular ones more often."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        favourites = rng.integers(0, products, 3)
        for day in rng.choice(days, size=int(rng.integers(1, 12)), replace=False):
            tried = (rng.random(int(rng.integers(0, 3))) ** 2 * products).astype(int)
            taken = sorted({*rng.choice(favourites, 2), *tried})
            rows += [(f"c{number:02}", int(day), f"p{product:02}", True) for product in taken]
    return rows


def rows_of(frame, engine, *columns):
    """The rows of a table, sorted, as tuples of plain values."""
    found = engine.arrays(frame.select(*columns))
    values = [found[name].tolist() for name in columns]
    return sorted(zip(*values, strict=True), key=str)
