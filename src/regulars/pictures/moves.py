"""How people moved between states: ribbons from left to right, as wide as they were many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from regulars.kit.numbers import Numbers
from regulars.pictures.parts import COLOURS, Layer, Room, label, labels, own, picture
from regulars.pictures.svg import Drawn, Spec, drawn

_ROW = 60
# Where a ribbon leaves its state and where it has reached the next, of the way across.
_LEAVES, _ARRIVES = 0.08, 0.92
_THINNEST, _WIDEST, _HIGHEST, _FULL = 1.2, 15.0, 26.0, 46.0
# A smaller share is a thin ribbon and has no words: the table beside has them all.
_NAMED = 0.1
_PLACES = [step / 50 for step in range(8, 27)]


@dataclass(frozen=True, slots=True)
class MoveLine:
    """How many went from one state to another, by place of the states, and which share of them.

    Without a share it is drawn and has no words.
    """

    before: int
    after: int
    n: int
    share: float | None


@dataclass(frozen=True, slots=True)
class MoveWords:
    """The names of the states, the closest first, and the words over both sides."""

    states: Sequence[str]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Ribbon:
    """A move as it is drawn: how wide, in rows, and where its middle begins and ends."""

    move: MoveLine
    width: float
    start: float
    end: float

    def height(self, x: float) -> float:
        """Where its middle is, part of the way across: what monotone interpolation draws."""
        part = (x - _LEAVES) / (_ARRIVES - _LEAVES)
        return self.start + (self.end - self.start) * part * part * (3 - 2 * part)


def moves(lines: Sequence[MoveLine], *, words: MoveWords, numbers: Numbers) -> Drawn:
    """Draw the moves; closer goes up."""
    return drawn(partial(_spec, _ribbons(lines), words, numbers))


def is_cut(lines: Sequence[MoveLine]) -> bool:
    """Whether a ribbon of those who stayed is drawn narrower than its number would have it."""
    return any(_pixels(line, lines) == _HIGHEST for line in lines)


def _spec(
    ribbons: Sequence[_Ribbon], words: MoveWords, numbers: Numbers, *, is_narrow: bool
) -> Spec:
    n, share = len(words.states), numbers.percent
    left, right = (110, 4) if is_narrow else (116, 116)
    room = Room(350 if is_narrow else 660, _ROW * n + 26, left=left, right=right, top=24, bottom=2)
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}}
    scale = {"domain": [-0.5, n - 0.5], "reverse": True, "nice": False}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": scale}
    place = {"x": x, "y": y}
    layers: list[Layer] = [
        _drawn(ribbons, place),
        *labels(
            [
                {"x": x, "y": y, "text": share(told, 0), "ink": _ink(ribbon.move)}
                for ribbon, told, x, y in _named(ribbons)
            ],
            place,
            fontWeight=600,
        ),
    ]
    names = [{"y": row, "text": name} for row, name in enumerate(words.states)]
    layers += labels(names, {"y": y}, x=-10, align="right")
    if not is_narrow:
        layers += labels(names, {"y": y}, x=room.inner_width + 10, align="left")
    over = {"y": -14, "fill": COLOURS["label"]}
    layers += label(words.before, {}, {}, x=0, align="left", **over)
    layers += label(words.after, {}, {}, x=room.inner_width, align="right", **over)
    return picture(room, layers, is_narrow=is_narrow)


def _ribbons(lines: Sequence[MoveLine]) -> list[_Ribbon]:
    """Side by side where they leave and where they arrive, the widest first."""
    pixels = {(line.before, line.after): _pixels(line, lines) for line in lines}
    tallest = max(
        *(sum(px for (before, _), px in pixels.items() if before == row) for row, _ in pixels),
        *(sum(px for (_, after), px in pixels.items() if after == row) for _, row in pixels),
    )
    shrink = min(1.0, _FULL / tallest) / _ROW
    widths = {ends: max(_THINNEST / _ROW, px * shrink) for ends, px in pixels.items()}
    starts = _stacked(widths, side=0)
    arrives = _stacked(widths, side=1)
    ribbons = [
        _Ribbon(line, widths[ends], starts[ends], arrives[ends])
        for line in lines
        for ends in [(line.before, line.after)]
    ]
    return sorted(ribbons, key=lambda ribbon: (not _is_stay(ribbon.move), -ribbon.width))


def _stacked(widths: Mapping[tuple[int, int], float], *, side: int) -> dict[tuple[int, int], float]:
    """The middle of each ribbon at one side: around its state, in the order of the other side."""
    placed = {}
    for row in {ends[side] for ends in widths}:
        here = sorted((ends for ends in widths if ends[side] == row), key=lambda e: e[1 - side])
        at = row - sum(widths[ends] for ends in here) / 2
        for ends in here:
            placed[ends] = at + widths[ends] / 2
            at += widths[ends]
    return placed


def _pixels(line: MoveLine, lines: Sequence[MoveLine]) -> float:
    """Width by number of people, on one scale; those who stayed are cut where they are many."""
    most = max((other.n for other in lines if not _is_stay(other)), default=line.n)
    return min(_WIDEST * line.n / most, _HIGHEST if _is_stay(line) else _WIDEST)


def _is_stay(line: MoveLine) -> bool:
    return line.before == line.after


def _drawn(ribbons: Sequence[_Ribbon], place: Layer) -> Layer:
    rows = [
        {
            "ribbon": number,
            "x": x,
            "y": y,
            "stroke": COLOURS["band"] if _is_stay(ribbon.move) else _ink(ribbon.move),
            "width": round(ribbon.width * _ROW, 1),
            "opacity": 1 if _is_stay(ribbon.move) else 0.8,
        }
        for number, ribbon in enumerate(ribbons)
        for x, y in (
            (0, ribbon.start),
            (_LEAVES, ribbon.start),
            (_ARRIVES, ribbon.end),
            (1, ribbon.end),
        )
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "interpolate": "monotone", "strokeCap": "butt"},
        "encoding": {
            **place,
            "detail": {"field": "ribbon", "type": "nominal"},
            "stroke": own("stroke"),
            "size": own("width"),
            "strokeOpacity": own("opacity"),
        },
    }


def _ink(line: MoveLine) -> str:
    """The colour of words: closer, further off, or as it was."""
    if _is_stay(line):
        return COLOURS["ink"]
    return COLOURS["hero" if line.after < line.before else "bad"]


def _named(ribbons: Sequence[_Ribbon]) -> list[tuple[_Ribbon, float, float, float]]:
    """Share and place of the words of each ribbon: near where it leaves, apart from all others."""
    taken: list[tuple[float, float]] = []
    named = []
    told = [(ribbon.move.share or 0.0, ribbon) for ribbon in ribbons]
    for share, ribbon in sorted(told, key=lambda each: -each[0]):
        if share < _NAMED:
            continue
        spots = [(x, ribbon.height(x)) for x in _PLACES]
        x, y = max(
            spots, key=lambda spot: min((_apart(spot, at) for at in taken), default=-spot[0])
        )
        taken.append((x, y))
        named.append((ribbon, share, x, y))
    return named


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far apart two words are, a row being a quarter of the way across; enough is enough."""
    return min(0.2, ((one[0] - other[0]) * 4) ** 2 + (one[1] - other[1]) ** 2)
