"""Where the command writes to: a terminal or a file, which may lack a sign, or room, or be gone."""

import contextlib
import os
import sys
from io import TextIOWrapper

from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_


class _Output(TextIOWrapper):
    """Standard output: what finds no room there is a refusal, not a fault."""

    def write(self, text: str, /) -> int:
        """Write, or refuse."""
        try:
            return super().write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _no_room(error) from error

    def flush(self) -> None:
        """Write what is held back, or refuse."""
        try:
            super().flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _no_room(error) from error


class _Errors(TextIOWrapper):
    """Standard error: what finds no room there stays unsaid, and the exit code speaks alone."""

    def write(self, text: str, /) -> int:
        """Write as far as it goes."""
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Write what is held back as far as it goes."""
        with contextlib.suppress(OSError):
            super().flush()


def open_streams() -> None:
    """Put both streams in place; one that was closed before we began stays closed."""
    # A sign the terminal lacks must not end the run, so it is replaced.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout = _opened(sys.stdout, _Output)
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr = _opened(sys.stderr, _Errors)


def _opened[Stream: TextIOWrapper](stream: TextIOWrapper, kind: type[Stream]) -> Stream:
    encoding, is_line_buffered = stream.encoding, stream.line_buffering
    return kind(
        stream.detach(), encoding=encoding, errors="replace", line_buffering=is_line_buffered
    )


def close_streams() -> None:
    """Let go of what is still held back; whoever reads it may have gone."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, InputRefused):
                stream.flush()


def _no_room(error: OSError) -> InputRefused:
    return InputRefused(
        "no_room_to_print",
        N_("What there is to say cannot be written to where it is sent: {cause}."),
        N_("Make room there or send it elsewhere, and run it again."),
        cause=os.strerror(error.errno or 0),
    )
