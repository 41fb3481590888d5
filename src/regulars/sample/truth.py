"""What is true of the example company, though its order file does not show it."""

from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.measure.regulars import Definition
from regulars.sample.baskets import NOBODY, Lines, distinct
from regulars.sample.catalogue import COMPANY, CURRENCY
from regulars.sample.planted import Planted
from regulars.sample.purchases import Purchases
from regulars.sample.season import Calendar
from regulars.sample.tables import money

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Tally:
    """Running counts of what was written, and of what happens after it within the horizon."""

    calendar: Calendar
    definition: Definition = field(default_factory=Definition)
    customers: int = 0
    orders: int = 0
    documents: int = 0  # orders and credit notes
    lines: int = 0
    lines_returned: int = 0
    lines_anonymous: int = 0
    net_revenue_minor: int = 0
    alive: int = 0
    repeat: int = 0
    n_regulars: int = 0
    n_base: int = 0
    future_purchase_days: int = 0
    future_buyers: int = 0
    future_net_minor: int = 0

    def add(self, purchases: Purchases, shown: Lines, hidden: Lines) -> dict[str, pa.Array]:
        """Count some customers in; gives what is true of each of them."""
        customer, day = _purchase_days(purchases)
        is_past = day < self.calendar.days
        past = np.bincount(customer[is_past], minlength=purchases.n)
        future = np.bincount(customer[~is_past], minlength=purchases.n)
        named = hidden.customer != NOBODY
        future_net = np.bincount(
            hidden.customer[named], hidden.total_minor[named], purchases.n
        ).astype(np.int64)
        self._count_lines(shown)
        self.customers += purchases.n
        self.alive += int(purchases.is_alive.sum())
        self.repeat += int((past > 1).sum())
        self._count_regulars(customer[is_past], day[is_past], purchases.n)
        self.future_purchase_days += int(future.sum())
        self.future_buyers += int((future > 0).sum())
        self.future_net_minor += int(future_net.sum())
        return {
            "rate_per_day": pa.array(purchases.rate),
            "dropout_probability": pa.array(purchases.dropout),
            "is_alive": pa.array(purchases.is_alive),
            "future_purchase_days": pa.array(future),
            "future_net": money(future_net),
        }

    def _count_lines(self, shown: Lines) -> None:
        is_sale = shown.quantity > 0
        self.lines += shown.at.size
        self.lines_returned += int((~is_sale).sum())
        self.lines_anonymous += int((shown.customer == NOBODY).sum())
        self.orders += int(distinct(shown.document[is_sale]).size)
        self.documents += int(distinct(shown.document).size)
        self.net_revenue_minor += int(shown.total_minor.sum())

    def _count_regulars(self, customer: Ints, day: Ints, n: int) -> None:
        of = self.definition
        recent = np.bincount(customer[day >= self.calendar.days - of.window_days], minlength=n)
        base = np.bincount(customer[day >= self.calendar.days - of.base_days], minlength=n)
        self.n_regulars += int((recent >= of.days).sum())
        self.n_base += int((base > 0).sum())

    def as_dict(self, planted: Planted, *, seed: int) -> dict[str, object]:
        """The content of truth.json."""
        return {
            "company": COMPANY,
            "currency": CURRENCY,
            "seed": seed,
            "first_on": self.calendar.first_on.isoformat(),
            "as_of": self.calendar.as_of.isoformat(),
            "planted": {"model": "mbg_nbd", "time_unit": "day", **asdict(planted)},
            "written": {
                "customers": self.customers,
                "customers_repeat": self.repeat,
                "orders": self.orders,
                "lines": self.lines,
                "lines_returned": self.lines_returned,
                "lines_anonymous": self.lines_anonymous,
                "net_revenue_minor": self.net_revenue_minor,
            },
            "regulars": {
                "definition": str(self.definition),
                "n": self.n_regulars,
                "n_base": self.n_base,
                "share": self.n_regulars / self.n_base if self.n_base else None,
            },
            "alive": self.alive,
            "future": {
                "horizon_days": self.calendar.horizon_days,
                "purchase_days": self.future_purchase_days,
                "buyers": self.future_buyers,
                "net_revenue_minor": self.future_net_minor,
            },
        }


def _purchase_days(purchases: Purchases) -> tuple[Ints, Ints]:
    """Each day on which each customer bought, once: customers and days."""
    day = np.floor(purchases.at).astype(np.int64)
    is_new = np.ones(day.size, np.bool_)
    is_new[1:] = (np.diff(day) != 0) | (np.diff(purchases.customer) != 0)
    return purchases.customer[is_new], day[is_new]
