"""How the share of regulars will go on, with bands that hold. `forecast` is the one way in."""

from regulars.measure.forecast.looks import WhatIf
from regulars.measure.forecast.result import (
    WHY_NOT,
    Band,
    Forecast,
    GoalDate,
    PastStep,
    Record,
    Step,
)
from regulars.measure.forecast.share import forecast, forecasts

__all__ = [
    "WHY_NOT",
    "Band",
    "Forecast",
    "GoalDate",
    "PastStep",
    "Record",
    "Step",
    "WhatIf",
    "forecast",
    "forecasts",
]
