"""The look all pages share: tokens, base, layout, one sheet a part, and the icons."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_LOOK = Path(__file__).parent
# Tokens first: they fix the order of the layers.
_GROUND = ("tokens", "base", "layout")
_SYMBOL = re.compile(r'<symbol id="(?P<name>[a-z0-9-]+)".*?</symbol>')


@cache
def _read(name: str) -> str:
    return (_LOOK / name).read_text(encoding="utf-8")


def sheet(parts: Iterable[str]) -> str:
    """One style sheet: the ground, then the parts a page uses, then paper."""
    return "\n".join(_read(f"{name}.css").strip() for name in (*_GROUND, *parts, "print"))


def symbols(names: Iterable[str]) -> str:
    """The symbols a page uses, to stand once inside it."""
    found = {match["name"]: match[0] for match in _SYMBOL.finditer(_read("icons.svg"))}
    return "".join(found[name] for name in sorted(set(names)))


def all_symbols() -> str:
    """Every symbol there is."""
    return "".join(match[0] for match in _SYMBOL.finditer(_read("icons.svg")))
