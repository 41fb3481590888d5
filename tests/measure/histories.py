"""Small histories, by hand and at random, and slow plain-Python counts to hold measures against."""

import numpy as np

from regulars.measure import rfm
from regulars.measure.regulars import Definition

DEFINITION = Definition()
AS_OF = 1000


def lines_of(rows, engine):
    """Rows of (customer, day, net_minor, is_purchase) as the table `lines`."""
    customers, days, nets, bought = zip(*rows, strict=True)
    return engine.table(
        {
            "customer": np.array(customers, dtype=object),
            "day": np.array(days, dtype=np.int32),
            "net_minor": np.array(nets, dtype=np.int64),
            "is_purchase": np.array(bought, dtype=bool),
        },
        "lines_of_test",
    )


def random_rows(seed, *, customers=60, days=900):
    """A history in which people come, return things, come again and stop."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        born = int(rng.integers(0, days))
        left = int(rng.integers(born, days + 200))
        rate = rng.gamma(0.8, 0.04)
        for day in range(born, min(left, days)):
            if day == born or rng.random() < rate:
                rows.append((f"c{number}", day, int(rng.integers(100, 9000)), True))
                if rng.random() < 0.2:
                    rows.append((f"c{number}", day, int(rng.integers(100, 900)), True))
            elif rng.random() < 0.01:
                rows.append((f"c{number}", day, -int(rng.integers(100, 900)), False))
    rows.append((None, 5, 700, True))
    rows.append(("only returns", 6, -300, False))
    return rows


def bought_days(rows, as_of=AS_OF):
    """{customer: sorted purchase days up to as_of}, known customers only."""
    found = {}
    for customer, day, _net, is_purchase in rows:
        if customer is not None and is_purchase and day <= as_of:
            found.setdefault(customer, set()).add(day)
    return {customer: sorted(days) for customer, days in found.items()}


def visits_of(rows, engine, *, definition=DEFINITION, as_of=AS_OF):
    days = engine.keep(rfm.customer_days(lines_of(rows, engine)), "days_of_test")
    return engine.keep(rfm.visits(days, as_of=as_of, definition=definition), "visits_of_test")
