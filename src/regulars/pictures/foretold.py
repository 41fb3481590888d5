"""What was foretold at past dates, and what then happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from regulars.kit.numbers import Numbers
from regulars.pictures.parts import COLOURS, Layer, Room, axis, label, picture, round_ticks
from regulars.pictures.svg import Drawn, Spec, drawn


@dataclass(frozen=True, slots=True)
class ForetoldPoint:
    """One past date in words, what was expected after it, what came, and how far off that was."""

    name: str
    expected: float
    actual: float
    off: str


def foretold(points: Sequence[ForetoldPoint], *, numbers: Numbers) -> Drawn:
    """Draw bars of what happened and lines across of what was expected, the latest last."""
    return drawn(partial(_spec, points, numbers))


def _spec(points: Sequence[ForetoldPoint], numbers: Numbers, *, is_narrow: bool) -> Spec:
    points = points[-(4 if is_narrow else 8) :]
    room = Room(350, 240, left=52, top=20) if is_narrow else Room(660, 280, left=60, top=20)
    ticks = round_ticks(0, max(max(point.expected, point.actual) for point in points))
    scale = {"domain": [0, ticks[-1]], "nice": False}
    y = {
        "field": "actual",
        "type": "quantitative",
        "scale": scale,
        "axis": axis([(tick, numbers.count(tick)) for tick in ticks]),
    }
    names = [(place, point.name) for place, point in enumerate(points)]
    x = {
        "field": "place",
        "type": "ordinal",
        "scale": {"paddingInner": 0.5, "paddingOuter": 0.25},
        "axis": axis(names, labelAngle=0),
    }
    rows = [
        {"place": place, "expected": point.expected, "actual": point.actual}
        for place, point in enumerate(points)
    ]
    tick = {
        "type": "tick",
        "thickness": 3,
        "bandSize": 34 if is_narrow else 46,
        "color": COLOURS["hero"],
        "opacity": 1,
    }
    above = {"x": x, "y": {**y, "field": "top"}}
    layers: list[Layer] = [
        {
            "data": {"values": rows},
            "mark": {"type": "bar", "fill": COLOURS["ghost"]},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": rows},
            "mark": tick,
            "encoding": {"x": x, "y": {**y, "field": "expected"}},
        },
    ]
    for row, point in zip(rows, points, strict=True):
        top = {**row, "top": max(point.expected, point.actual)}
        layers += label(point.off, top, above, dy=-14, fontWeight=600)
    return picture(room, layers, is_narrow=is_narrow)
