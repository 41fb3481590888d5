"""The board's style sheet: the look all pages share, and the parts only the board has."""

import hashlib
from functools import cache
from pathlib import Path

from regulars.pictures.look import all_symbols, sheet

_FOLDER = Path(__file__).parent
SHARED = (
    "contents",
    "lead",
    "button",
    "chip",
    "figure",
    "more",
    "proof",
    "panel",
    "table",
    "whole",
    "picture",
    "cannot",
    "sum",
)
OWN = (
    "field",
    "choices",
    "places",
    "search",
    "secret",
    "person",
    "facts",
    "clock",
    "story",
    "rhythm",
    "states",
)


@cache
def style() -> str:
    """The whole sheet."""
    own = [(_FOLDER / f"{name}.css").read_text(encoding="utf-8").strip() for name in OWN]
    return "\n".join([sheet(SHARED), *own])


@cache
def symbols() -> str:
    """Every icon, to stand once in a page."""
    return all_symbols()


@cache
def icon() -> str:
    """The awning, for the browser's tab."""
    return (_FOLDER / "icon.svg").read_text(encoding="utf-8")


@cache
def mark() -> str:
    """Changes when the sheet does, so that a browser may keep it for good."""
    return hashlib.sha256(style().encode()).hexdigest()[:12]
