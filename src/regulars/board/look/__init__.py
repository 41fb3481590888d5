"""The board's style sheet: the look all pages share, and the parts only the board has."""

import hashlib
from functools import cache
from pathlib import Path

from regulars.pictures.look import sheet

SHARED = ("lead", "button", "panel", "sum", "table", "chip")
OWN = ("field",)


@cache
def style() -> str:
    """The whole sheet."""
    folder = Path(__file__).parent
    own = [(folder / f"{name}.css").read_text(encoding="utf-8").strip() for name in OWN]
    return "\n".join([sheet(SHARED), *own])


@cache
def mark() -> str:
    """Changes when the sheet does, so that a browser may keep it for good."""
    return hashlib.sha256(style().encode()).hexdigest()[:12]
