"""Being told to stop: by Ctrl-C, by the system, or by a terminal that is closed."""

import signal
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_in_order() -> None:
    """Let each of them end what is done as Ctrl-C does; also where a shell had it ignored."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def stop_no_more() -> None:
    """We are stopping: asked again, nothing more is done. A terminal that closes asks twice."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
