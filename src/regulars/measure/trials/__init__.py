"""Proof: what an action was worth, measured against customers who were held out."""

from regulars.measure.trials.adjustment import Adjusted, adjusted
from regulars.measure.trials.assignment import assign
from regulars.measure.trials.effect import Difference, difference
from regulars.measure.trials.matching import Balance, Matched, match
from regulars.measure.trials.peeking import Look, Looks, always_valid
from regulars.measure.trials.planning import Plan, power
from regulars.measure.trials.ratio import SampleRatio, sample_ratio

__all__ = [
    "Adjusted",
    "Balance",
    "Difference",
    "Look",
    "Looks",
    "Matched",
    "Plan",
    "SampleRatio",
    "adjusted",
    "always_valid",
    "assign",
    "difference",
    "match",
    "power",
    "sample_ratio",
]
