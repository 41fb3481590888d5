"""What the pictures have in common: colours, frame, axes, labels, ticks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import ceil, floor, log10
from typing import Any

# Names of colours in look/tokens.css: the page decides what they are, by day and by night.
COLOURS = {
    name: f"var(--chart-{name})"
    for name in ("hero", "band", "band-2", "ghost", "goal", "bad", "grid", "label", "ink", "paper")
}
Layer = dict[str, Any]
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Room:
    """The size of a picture and the margins that hold its labels, in CSS pixels."""

    width: int
    height: int
    left: int = 44
    right: int = 14
    top: int = 14
    bottom: int = 28

    @property
    def inner_width(self) -> int:
        """Width of the field the data is drawn in."""
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> int:
        """Height of the field the data is drawn in."""
        return self.height - self.top - self.bottom


def picture(room: Room, layers: Sequence[Layer], *, is_narrow: bool) -> dict[str, Any]:
    """A whole spec. Nothing hangs on measured text: margins are given, never fitted."""
    size = 12 if is_narrow else 13
    return {
        "width": room.inner_width,
        "height": room.inner_height,
        "autosize": "none",
        "padding": {
            "left": room.left,
            "right": room.right,
            "top": room.top,
            "bottom": room.bottom,
        },
        "background": "transparent",
        "layer": list(layers),
        "config": {
            "aria": False,
            "view": {"stroke": "transparent"},
            "axis": {
                "title": None,
                "domain": False,
                "ticks": False,
                "gridColor": COLOURS["grid"],
                "labelColor": COLOURS["label"],
                "labelFontSize": size,
                "labelPadding": 8,
            },
            "axisX": {"grid": False},
            "line": {"stroke": COLOURS["hero"], "strokeWidth": 2.5, "strokeCap": "round"},
            "area": {"fill": COLOURS["band"]},
            "text": {"fontSize": size, "fill": COLOURS["ink"]},
        },
    }


def axis(ticks: Sequence[tuple[float, str]], **more: object) -> dict[str, Any]:
    """An axis whose ticks were chosen and worded here: d3's own months are not CLDR's."""
    words = {f"{value:g}" if abs(value) < 1e9 else f"{value:.0f}": text for value, text in ticks}
    keys = "{" + ", ".join(f"'{key}': {_quoted(text)}" for key, text in words.items()) + "}"
    return {
        "values": [value for value, _ in ticks],
        "labelExpr": f"({keys})[toString(toNumber(datum.value))]",
        "labelOverlap": False,
        **more,
    }


def label(text: str, at: Row, encoding: Mapping[str, Any], **mark: object) -> list[Layer]:
    """A direct label, drawn twice: a halo in the colour of the paper, then the words."""
    return labels([{**at, "text": text}], encoding, **mark)


def labels(rows: Sequence[Row], encoding: Mapping[str, Any], **mark: object) -> list[Layer]:
    """Direct labels that look alike; each row has its `text`, and may have its `ink`."""
    style = {"type": "text", "baseline": "middle", **mark}
    halo = {"stroke": COLOURS["paper"], "strokeWidth": 5, "strokeJoin": "round"}
    words = {**encoding, "text": {"field": "text", "type": "nominal"}}
    if all("ink" in row for row in rows):
        words["fill"] = own("ink")
    return [
        {"data": {"values": list(rows)}, "mark": each, "encoding": words}
        for each in ({**style, **halo}, style)
    ]


def own(field: str) -> dict[str, object]:
    """A channel that takes the value of a field as it is."""
    return {"field": field, "type": "nominal", "scale": None}


def milliseconds(on: date) -> int:
    """A day as Vega counts time."""
    return round(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp() * 1000)


def month_ticks(first_on: date, last_on: date, *, at_most: int) -> list[date]:
    """First days of months, evenly apart by a step people count in, at most so many."""
    first = first_on.year * 12 + first_on.month - 1 + (first_on.day > 1)
    last = last_on.year * 12 + last_on.month - 1
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        months = range(-(-first // step) * step, last + 1, step)
        if len(months) <= at_most:
            return [date(month // 12, month % 12 + 1, 1) for month in months]
    return []


def round_ticks(low: float, high: float, *, at_most: int = 5) -> list[float]:
    """Round numbers that span low..high: 1, 2 or 5 times a power of ten apart."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    power = floor(log10((high - low) / at_most))
    for factor in (1.0, 2.0, 5.0, 10.0, 20.0):
        step = factor * 10**power
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
        if last - first < at_most:
            break
    return [round(step * place, 10) for place in range(first, last + 1)]


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
