"""What is planted: how customers come, come again and stop coming."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planted:
    """The process every customer follows: MBG/NBD in days, on the shop's own calendar.

    Each customer has a purchase rate drawn from Gamma(r, alpha), per average day, and a chance of
    never coming again drawn from Beta(a, b), met after every purchase, the first included.
    """

    r: float = 1.15
    alpha: float = 42.0
    a: float = 0.75
    b: float = 3.4
    has_season: bool = True  # months, weekdays and prices move; else every day is like the others
    growth: float = 2.2  # how many times more new customers a day at the end than at the start


STORY = Planted()  # what a report should look like on an ordinary shop
# For getting the planted numbers back: no season, and purchases so rare that few share a day.
PLAIN = Planted(r=0.8, alpha=75.0, a=0.8, b=3.2, has_season=False, growth=1.0)
