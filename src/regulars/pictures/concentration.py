"""The 80/20 curve: customers, biggest first, against the part of the whole they bring."""

from collections.abc import Sequence
from functools import partial

from regulars.kit.numbers import Numbers
from regulars.pictures.parts import COLOURS, Layer, Room, axis, label, picture
from regulars.pictures.svg import Drawn, Spec, drawn

RULE = (0.2, 0.8)  # one in five customers, four fifths of the money


def concentration(
    curve: Sequence[tuple[float, float]],
    *,
    top_share: float,
    here: str,
    rule: str,
    numbers: Numbers,
) -> Drawn:
    """Draw the curve; `here` and `rule` are the words beside its point and beside the rule's."""
    return drawn(partial(_spec, curve, top_share, (here, rule), numbers))


def _spec(
    curve: Sequence[tuple[float, float]],
    top_share: float,
    words: tuple[str, str],
    numbers: Numbers,
    *,
    is_narrow: bool,
) -> Spec:
    room = Room(350, 270, left=44) if is_narrow else Room(660, 330, left=48)
    x_ticks = [(share, numbers.percent(share)) for share in (0, 0.2, 0.5, 1)]
    y_ticks = [(share, numbers.percent(share)) for share in (0, 0.5, 1)]
    scale = {"domain": [0, 1], "nice": False}
    x = {"field": "x", "type": "quantitative", "scale": scale, "axis": axis(x_ticks)}
    y = {"field": "y", "type": "quantitative", "scale": scale, "axis": axis(y_ticks)}
    here = {"x": RULE[0], "y": top_share}
    rule = {"x": RULE[0], "y": RULE[1]}
    rows = [{"x": share, "y": held} for share, held in curve]
    top = [row for row in rows if row["x"] < RULE[0]] + [here]
    place = {"x": x, "y": y}
    point = {"type": "point", "size": 64, "filled": True, "opacity": 1}
    # Over the rule's point there is room unless the shop's curve passes above it.
    beside = {"align": "center", "dy": -16} if top_share < RULE[1] else {"align": "left", "dx": 12}
    layers: list[Layer] = [
        {"data": {"values": rows}, "mark": "area", "encoding": place},
        {
            "data": {"values": top},
            "mark": {"type": "area", "fill": COLOURS["band-2"]},
            "encoding": place,
        },
        {"data": {"values": rows}, "mark": "line", "encoding": place},
        {
            "data": {"values": [rule]},
            "mark": {
                "type": "point",
                "shape": "diamond",
                "size": 90,
                "fill": COLOURS["paper"],
                "stroke": COLOURS["goal"],
                "strokeWidth": 2,
                "opacity": 1,
            },
            "encoding": place,
        },
        {
            "data": {"values": [here]},
            "mark": {
                **point,
                "fill": COLOURS["hero"],
                "stroke": COLOURS["paper"],
                "strokeWidth": 2,
            },
            "encoding": place,
        },
        *label(words[1], rule, place, **beside, fill=COLOURS["goal"]),
        *label(words[0], here, place, align="left", dx=12, dy=18, fontWeight=600),
    ]
    return picture(room, layers, is_narrow=is_narrow)
