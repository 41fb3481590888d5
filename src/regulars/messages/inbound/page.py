"""What a page of HTML shows, as text. Costs by its length alone, whatever it is made of."""

import html
import re

_TAG = re.compile(r"(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_IS_QUOTE = re.compile(r"class\s*=\s*[\"']?[^\"'>]{0,200}quote", re.IGNORECASE)
_HIDDEN = frozenset({"script", "style", "head", "title", "blockquote", "template"})
_BREAKS = frozenset({"br", "div", "h1", "h2", "h3", "hr", "li", "ol", "p", "table", "tr", "ul"})


def shown(page: str) -> str:
    """The text of a page; quotations and what is not shown are left out."""
    reading = _Page()
    first, *pieces = page.split("<")
    reading.show(first)
    for piece in pieces:
        reading.take(piece)
    text = html.unescape("".join(reading.shown))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Page:
    """A page, read piece by piece: each begins after a `<`."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self._is_comment = False
        self._hides, self._depth = "", 0

    def show(self, text: str) -> None:
        if not self._hides and not self._is_comment:
            self.shown.append(text)

    def take(self, piece: str) -> None:
        self._is_comment = self._is_comment or piece.startswith("!--")
        if self._is_comment:
            _, end, rest = piece.partition("-->")
            self._is_comment = not end
            self.show(rest)
            return
        inside, end, rest = piece.partition(">")
        tag = _TAG.match(inside)
        if tag is not None and end:
            self._take_tag(inside, tag[2].lower(), is_end=bool(tag[1]))
            self.show(rest)
        elif inside.startswith(("!", "?")) and end:
            self.show(rest)
        else:
            self.show(f"<{piece}")

    def _take_tag(self, inside: str, name: str, *, is_end: bool) -> None:
        if self._hides == name:
            self._depth += -1 if is_end else 1
            if self._depth == 0:
                self._hides = ""
        elif not self._hides and not is_end and _hides(name, inside):
            self._hides, self._depth = name, 1
        if name in _BREAKS:
            self.show("\n")


def _hides(name: str, inside: str) -> bool:
    return name in _HIDDEN or (name == "div" and _IS_QUOTE.search(inside[:1000]) is not None)
