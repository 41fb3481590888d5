"""From a Vega-Lite spec to an SVG that may stand in a page under a strict CSP."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Spec = Mapping[str, Any]


class SpecOfWidth(Protocol):
    """A picture that knows both its widths."""

    def __call__(self, *, is_narrow: bool) -> Spec:
        """The spec for a narrow or for a wide place."""
        ...


# English roles and labels, sizes that would shift the layout, fonts that are not the reader's, and
# what repeats the default. The words beside a picture are its accessible version.
_NOT_FOR_PAGES = re.compile(
    r' (?:xmlns(?::xlink)?|version|class|role|aria-[a-z]+|font-family|pointer-events)="[^"]*"'
    r'| (?:opacity|stroke-miterlimit|stroke-width)="1"|'
    r' transform="translate\(0,0\)"'
)
_NOT_DRAWN = re.compile(r'<path(?: d="[^"]*")?(?: display="none"| d="[^"]*h0v0h0Z")+/>')
_FRACTION = re.compile(r"(\.\d\d)\d+")
_SIZE = re.compile(r'^<svg width="[^"]*" height="[^"]*"')


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture in the two widths a page swaps between, so that labels stay readable."""

    wide: str
    narrow: str


def drawn(spec: SpecOfWidth) -> Drawn:
    """Draw a picture for wide and for narrow places."""
    return Drawn(svg(spec(is_narrow=False)), svg(spec(is_narrow=True)))


def svg(spec: Spec) -> str:
    """Draw one spec. Colours given as `var(--...)` stay so: one drawing for light, dark, print."""
    import vl_convert

    made = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="6.4")
    bare = _FRACTION.sub(r"\1", _NOT_DRAWN.sub("", _NOT_FOR_PAGES.sub("", made)))
    return _SIZE.sub('<svg aria-hidden="true" focusable="false"', bare, count=1)
