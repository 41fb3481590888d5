"""The portal's style sheet: the look all pages share, and what public pages have of their own."""

import hashlib
from functools import cache
from pathlib import Path

from regulars.pictures.look import sheet

_PUBLIC = Path(__file__).parent / "public.css"


@cache
def style() -> str:
    """The whole sheet."""
    return "\n".join([sheet(("lead", "button")), _PUBLIC.read_text(encoding="utf-8").strip()])


@cache
def mark() -> str:
    """Changes when the sheet does, so that a browser may keep it for good."""
    return hashlib.sha256(style().encode()).hexdigest()[:12]
