"""The course of a share over time: a line, its likely range, and where it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from regulars.kit.numbers import Numbers
from regulars.pictures.parts import (
    COLOURS,
    Layer,
    Room,
    axis,
    label,
    milliseconds,
    month_ticks,
    picture,
    round_ticks,
)
from regulars.pictures.svg import Drawn, Spec, drawn


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """A share on a day with its likely range."""

    on: date
    share: float
    low: float
    high: float


def course(points: Sequence[CoursePoint], *, now: str, numbers: Numbers) -> Drawn:
    """Draw at least two points; `now` are the words beside the last one."""
    return drawn(partial(_spec, points, now, numbers))


def _spec(points: Sequence[CoursePoint], now: str, numbers: Numbers, *, is_narrow: bool) -> Spec:
    room = Room(350, 230, left=40) if is_narrow else Room(660, 290)
    ticks = round_ticks(min(point.low for point in points), max(point.high for point in points))
    digits = 0 if ticks[1] - ticks[0] >= 0.01 else 1
    months = month_ticks(points[0].on, points[-1].on, at_most=4 if is_narrow else 6)
    x = {
        "field": "on",
        "type": "temporal",
        "scale": {"type": "utc", "nice": False},
        "axis": axis([(milliseconds(on), numbers.month(on)) for on in months]),
    }
    y_scale = {"domain": [ticks[0], ticks[-1]], "nice": False}
    y_axis = axis([(tick, numbers.percent(tick, digits)) for tick in ticks])
    y = {"field": "share", "type": "quantitative", "scale": y_scale, "axis": y_axis}
    rows = [
        {"on": milliseconds(p.on), "share": p.share, "low": p.low, "high": p.high} for p in points
    ]
    last = {"values": rows[-1:]}
    layers: list[Layer] = [
        {
            "data": {"values": rows},
            "mark": "area",
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {"data": {"values": rows}, "mark": "line", "encoding": {"x": x, "y": y}},
        {
            "data": last,
            "mark": {
                "type": "point",
                "size": 64,
                "filled": True,
                "fill": COLOURS["hero"],
                "stroke": COLOURS["paper"],
                "strokeWidth": 2,
                "opacity": 1,
            },
            "encoding": {"x": x, "y": y},
        },
        *label(now, rows[-1], {"x": x, "y": y}, align="right", dx=-4, dy=-20, fontWeight=600),
    ]
    return picture(room, layers, is_narrow=is_narrow)
