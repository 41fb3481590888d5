"""Tables of what was measured."""

from regulars.readings.models.page_part import PagePart
from regulars.readings.models.reading import Reading
from regulars.readings.models.regular_rule import RegularRule
from regulars.readings.models.standing import Activity, Stage, Standing
from regulars.readings.models.taking import Taking, TakingState

__all__ = [
    "Activity",
    "PagePart",
    "Reading",
    "RegularRule",
    "Stage",
    "Standing",
    "Taking",
    "TakingState",
]
