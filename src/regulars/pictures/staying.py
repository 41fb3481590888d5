"""Who stays: one row a group of customers, one column a period since they came."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from regulars.kit.numbers import Numbers
from regulars.pictures.parts import COLOURS, Room, label, own, picture
from regulars.pictures.svg import Drawn, Spec, drawn

# Up to which part of the largest share a colour goes; on the last, words are in that of the paper.
_STEPS = ((0.3, "grid"), (0.6, "band"), (0.9, "band-2"), (1.0, "hero"))
_ROW = 26


@dataclass(frozen=True, slots=True)
class StayingRow:
    """A group that came together: its name, its size in words, and the share back per period."""

    name: str
    size: str
    shares: Sequence[float]


def staying(rows: Sequence[StayingRow], *, above: str, numbers: Numbers) -> Drawn:
    """Draw the groups, latest last; `above` are the words over the columns 1, 2, 3 ..."""
    return drawn(partial(_spec, rows, above, numbers))


def shown(rows: Sequence[StayingRow], *, is_narrow: bool) -> tuple[int, int]:
    """How many rows (the last ones) and columns (the first ones) fit into a picture."""
    most_rows, most_columns = (8, 5) if is_narrow else (14, 12)
    columns = max((len(row.shares) for row in rows), default=0)
    return min(len(rows), most_rows), min(columns, most_columns)


def _spec(rows: Sequence[StayingRow], above: str, numbers: Numbers, *, is_narrow: bool) -> Spec:
    n_rows, n_columns = shown(rows, is_narrow=is_narrow)
    last = rows[-n_rows:]
    width, left = (350, 138) if is_narrow else (660, 156)
    room = Room(width, n_rows * _ROW + 50, left=left, right=2, top=46, bottom=4)
    most = max((share for row in last for share in row.shares[:n_columns]), default=1.0)
    cells = [
        {"row": place, "column": column, **_cell(share, most, numbers)}
        for place, row in enumerate(last)
        for column, share in enumerate(row.shares[:n_columns])
    ]
    y = {"field": "row", "type": "ordinal", "axis": None, "scale": {"domain": [*range(n_rows)]}}
    x = {
        "field": "column",
        "type": "ordinal",
        "axis": None,
        "scale": {"domain": [*range(n_columns)], "paddingInner": 0.04},
    }
    names = [{"row": place, "name": row.name, "size": row.size} for place, row in enumerate(last)]
    heads = [{"column": column, "n": numbers.count(column + 1)} for column in range(n_columns)]
    layers = [
        {
            "data": {"values": cells},
            "mark": {"type": "rect", "height": _ROW - 2},
            "encoding": {"x": x, "y": y, "fill": own("fill")},
        },
        {
            "data": {"values": cells},
            "mark": {"type": "text", "baseline": "middle"},
            "encoding": {"x": x, "y": y, "text": own("text"), "fill": own("ink")},
        },
        _words(names, "name", {"y": y}, x=-left, fill=COLOURS["ink"]),
        _words(names, "size", {"y": y}, x=-14, align="right", fill=COLOURS["label"]),
        _words(heads, "n", {"x": x}, y=-12, align="center", fill=COLOURS["label"]),
        *label(above, {}, {}, x=0, y=-34, align="left", fill=COLOURS["label"]),
    ]
    return picture(room, layers, is_narrow=is_narrow)


def _cell(share: float, most: float, numbers: Numbers) -> dict[str, str]:
    part = share / most if most else 0.0
    colour = next(name for limit, name in _STEPS if part <= limit)
    return {
        "fill": COLOURS[colour],
        "ink": COLOURS["paper" if colour == _STEPS[-1][1] else "ink"],
        "text": numbers.percent(share, 0),
    }


def _words(
    values: Sequence[dict[str, object]], field: str, place: dict[str, object], **mark: object
) -> dict[str, object]:
    return {
        "data": {"values": values},
        "mark": {"type": "text", "baseline": "middle", "align": "left", **mark},
        "encoding": {**place, "text": {"field": field, "type": "nominal"}},
    }
