"""The next basket in two lists: what a customer buys again, and what may be new for them."""

from regulars.measure.baskets.fresh import neighbours, new_for_you
from regulars.measure.baskets.repeats import again
from regulars.measure.baskets.strength import bought, strongest

__all__ = ["again", "bought", "neighbours", "new_for_you", "strongest"]
