"""Tables of what was measured."""

from regulars.readings.models.goal import Goal, GoalMetric
from regulars.readings.models.page_part import PagePart
from regulars.readings.models.reading import Reading
from regulars.readings.models.regular_rule import RegularRule
from regulars.readings.models.standing import Activity, Stage, Standing
from regulars.readings.models.taking import Taking, TakingState
from regulars.readings.models.turn import TurnDone

__all__ = [
    "Activity",
    "Goal",
    "GoalMetric",
    "PagePart",
    "Reading",
    "RegularRule",
    "Stage",
    "Standing",
    "Taking",
    "TakingState",
    "TurnDone",
]
