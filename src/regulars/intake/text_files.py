"""The text of a file as UTF-8, whatever it is written in, in pieces that end with a line."""

import codecs
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from regulars.intake.encodings import find_encoding

PIECE = 1 << 24  # bytes read at a time
START = 1 << 19  # bytes looked at to find out how a file is written
_MARK = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file and its encoding."""

    path: Path
    encoding: str

    def pieces(self, size: int = PIECE) -> Iterator[bytes]:
        """UTF-8 without byte-order mark and NUL, line ends as LF; each piece ends a line."""
        rest = b""
        for text in self._texts(size):
            piece = rest + text
            # The \n of a \r\n may still come.
            held = b"\r" if piece.endswith(b"\r") else b""
            piece = piece.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            cut = piece.rfind(b"\n") + 1
            if cut:
                yield piece[:cut]
            rest = piece[cut:] + held
        if rest:
            yield rest.removesuffix(b"\r") + b"\n"

    def _texts(self, size: int) -> Iterator[bytes]:
        """The file as UTF-8, just as it was cut while reading."""
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        is_first = True
        with open_bytes(self.path) as file:
            while read := file.read(size):
                text = read if self.encoding == "utf-8" else decoder.decode(read).encode()
                if is_first:
                    text, is_first = text.removeprefix(_MARK), False
                yield text.replace(b"\0", b"") if b"\0" in text else text
            yield decoder.decode(b"", final=True).encode()

    def start(self) -> str:
        """The first lines."""
        return next(self.pieces(START), b"").decode(errors="replace")


def open_bytes(path: Path) -> BinaryIO:
    """A file's bytes, unpacked where it is packed with gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


def open_text(path: Path) -> TextFile:
    """Find out the encoding of a text file."""
    with open_bytes(path) as file:
        return TextFile(path, find_encoding(file))
