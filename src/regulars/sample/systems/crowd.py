"""Some customers with what they bought: what the other systems' records of them are made from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.sample.baskets import Lines
from regulars.sample.purchases import Purchases
from regulars.sample.season import DAY_SECONDS, Calendar
from regulars.sample.systems.persons import Persons
from regulars.sample.systems.staff import Staff
from regulars.sample.systems.streams import Streams

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders that the order file shows, credit notes left out; `customer` may be NOBODY."""

    number: Ints
    customer: Ints
    at: Ints
    channel: Ints

    def where(self, chosen: NDArray[np.bool_] | Ints) -> "Orders":
        """Some of them."""
        return Orders(
            self.number[chosen], self.customer[chosen], self.at[chosen], self.channel[chosen]
        )


@dataclass(frozen=True, slots=True)
class Crowd:
    """A chunk of the company's customers, counted from 0 by their place in the chunk."""

    calendar: Calendar
    purchases: Purchases
    lines: Lines  # that the order file shows
    line_orders: Ints  # the number of each line's order or credit note
    orders: Orders
    named_orders: Orders  # of customers known by number
    persons: Persons
    staff: Staff
    streams: Streams

    @property
    def end(self) -> int:
        """The second at which the history ends."""
        return self.calendar.days * DAY_SECONDS


def orders_in(lines: Lines, line_orders: Ints) -> Orders:
    """The orders some lines are of."""
    first = np.append(True, np.diff(lines.document) != 0)[: lines.document.size]
    first &= lines.quantity > 0
    return Orders(line_orders[first], lines.customer[first], lines.at[first], lines.channel[first])
