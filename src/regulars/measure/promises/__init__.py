"""What a broken promise costs: customers let down beside customers like them who were not."""

from regulars.measure.promises.effect import BrokenPromises, Lateness, effect_of_breaking
from regulars.measure.promises.follow import Followed, follow
from regulars.measure.promises.paired import EValue, e_value
from regulars.measure.promises.sets import Sets

__all__ = [
    "BrokenPromises",
    "EValue",
    "Followed",
    "Lateness",
    "Sets",
    "e_value",
    "effect_of_breaking",
    "follow",
]
