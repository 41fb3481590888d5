"""The course of a share over time: what it was with its range, where it stands, how it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

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

_DASHED, _DOTTED = [6, 5], [1, 6]
_LABEL_ROOM = 46  # pixels above the last point in which its words would meet the goal's line


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """A share on a day with its likely range."""

    on: date
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AheadPoint:
    """A share expected on a day to come, with the 9 in 10 band and the 5 in 10 band inside it."""

    on: date
    median: float
    low: float
    high: float
    mid_low: float
    mid_high: float


@dataclass(frozen=True, slots=True)
class Goal:
    """A share that is wished for, and the words on its line."""

    share: float
    says: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """How the course goes on; `band` are the words over the wider band."""

    points: Sequence[AheadPoint]
    band: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is drawn, and the words on it."""

    points: Sequence[CoursePoint]
    now: str
    ahead: Ahead | None
    goal: Goal | None
    numbers: Numbers


def course(
    points: Sequence[CoursePoint],
    *,
    now: str,
    numbers: Numbers,
    ahead: Ahead | None = None,
    goal: Goal | None = None,
) -> Drawn:
    """Draw at least two points; `now` are the words beside the last one."""
    return drawn(partial(_spec, _Plan(points, now, ahead, goal, numbers)))


def _spec(plan: _Plan, *, is_narrow: bool) -> Spec:
    room = Room(350, 250, left=40, top=22) if is_narrow else Room(660, 310, top=22)
    encoding = _scales(plan, n_months=4 if is_narrow else 6)
    rows = [
        {"on": milliseconds(p.on), "share": p.share, "low": p.low, "high": p.high}
        for p in plan.points
    ]
    layers: list[Layer] = [_band(rows, "low", "high", COLOURS["band"], encoding)]
    if plan.ahead:
        layers += _ahead(plan.ahead, rows[-1], encoding)
    if plan.goal:
        layers += _goal(plan.goal, rows[0], encoding)
    layers += [
        {"data": {"values": rows}, "mark": "line", "encoding": encoding},
        {"data": {"values": rows[-1:]}, "mark": _point(), "encoding": encoding},
        *_now(plan, rows[-1], encoding, room),
    ]
    if plan.ahead:
        last = plan.ahead.points[-1]
        top = {"on": milliseconds(last.on), "share": last.high}
        layers += label(
            plan.ahead.band, top, encoding, align="right", dy=-12, fill=COLOURS["label"]
        )
    return picture(room, layers, is_narrow=is_narrow)


def _now(plan: _Plan, at: dict[str, Any], encoding: dict[str, Any], room: Room) -> list[Layer]:
    """Where the share stands, in words: above its point, below where the goal is just above."""
    low, high = encoding["y"]["scale"]["domain"]
    to_goal = (plan.goal.share - at["share"]) / (high - low) * room.inner_height if plan.goal else 0
    dy = 20 if 0 < to_goal < _LABEL_ROOM else -20
    return label(plan.now, at, encoding, align="right", dx=-4, dy=dy, fontWeight=600)


def _scales(plan: _Plan, *, n_months: int) -> dict[str, Any]:
    """Time from left to right, the share upwards, with room for everything that is drawn."""
    ahead = plan.ahead.points if plan.ahead else ()
    wished = [plan.goal.share] if plan.goal else []
    lows = [point.low for point in plan.points] + [point.low for point in ahead]
    highs = [point.high for point in plan.points] + [point.high for point in ahead]
    most = max(highs + wished)
    ticks = round_ticks(min(lows + wished), most)
    step = ticks[1] - ticks[0]
    digits = next((n for n, least in enumerate((0.01, 0.001)) if step >= least), 2)
    top = ticks[-1]
    if len(ticks) > 3 and top - most > step / 2:
        top = most + step / 5
        ticks = ticks[:-1]
    last_on = ahead[-1].on if ahead else plan.points[-1].on
    months = month_ticks(plan.points[0].on, last_on, at_most=n_months)
    numbers = plan.numbers
    return {
        "x": {
            "field": "on",
            "type": "temporal",
            "scale": {
                "type": "utc",
                "nice": False,
                "domain": [milliseconds(plan.points[0].on), milliseconds(last_on)],
            },
            "axis": axis([(milliseconds(on), numbers.month(on)) for on in months]),
        },
        "y": {
            "field": "share",
            "type": "quantitative",
            "scale": {"domain": [ticks[0], top], "nice": False},
            "axis": axis([(tick, numbers.percent(tick, digits)) for tick in ticks]),
        },
    }


def _ahead(ahead: Ahead, now: dict[str, Any], encoding: dict[str, Any]) -> list[Layer]:
    """Both bands and the dotted middle, all of which begin where the share stands now."""
    share = now["share"]
    rows = [
        {"on": now["on"], **dict.fromkeys(("share", "low", "high", "mid_low", "mid_high"), share)}
    ]
    rows += [
        {
            "on": milliseconds(p.on),
            "share": p.median,
            "low": p.low,
            "high": p.high,
            "mid_low": p.mid_low,
            "mid_high": p.mid_high,
        }
        for p in ahead.points
    ]
    return [
        _band(rows, "low", "high", COLOURS["band"], encoding),
        _band(rows, "mid_low", "mid_high", COLOURS["band-2"], encoding),
        {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeDash": _DOTTED},
            "encoding": encoding,
        },
    ]


def _goal(goal: Goal, first: dict[str, Any], encoding: dict[str, Any]) -> list[Layer]:
    place = {"y": encoding["y"]}
    at = {"on": first["on"], "share": goal.share}
    line = {"type": "rule", "stroke": COLOURS["goal"], "strokeWidth": 2, "strokeDash": _DASHED}
    words = {"align": "left", "dy": -11, "fill": COLOURS["goal"], "fontWeight": 600}
    return [
        {"data": {"values": [at]}, "mark": line, "encoding": place},
        *label(goal.says, at, encoding, **words),
    ]


def _band(
    rows: Sequence[dict[str, Any]], low: str, high: str, colour: str, encoding: dict[str, Any]
) -> Layer:
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "fill": colour},
        "encoding": {
            "x": encoding["x"],
            "y": {**encoding["y"], "field": low},
            "y2": {"field": high},
        },
    }


def _point() -> Layer:
    return {
        "type": "point",
        "size": 64,
        "filled": True,
        "fill": COLOURS["hero"],
        "stroke": COLOURS["paper"],
        "strokeWidth": 2,
        "opacity": 1,
    }
