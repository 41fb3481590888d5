"""Child processes that do not outlive us."""

import os
import shutil
import sys
import threading
import time

LOOK_SECONDS = 0.5


def tied_to_us(command: list[str], signal_name: str = "TERM") -> list[str]:
    """The command so that the system signals it when we are gone, even by kill -9.

    Where that is not to be had (no Linux, no util-linux) the command stays as it is, and the next
    start finds and stops what was left.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", signal_name, *command] if setpriv else command


def end_with_parent() -> None:
    """End this process, at once, when the one that started it is gone.

    For processes that somebody else's program starts: a web server killed by kill -9 leaves its
    workers behind, and they keep the port.
    """
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
