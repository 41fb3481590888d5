"""Child processes that do not outlive us."""

import os
import shutil
import sys
import threading
import time

LOOK_SECONDS = 0.5


def tied_to_us(command: list[str], signal_name: str) -> list[str]:
    """The command so that the system signals it when we are gone, even by kill -9.

    Where that is not to be had (no Linux, no util-linux) the command stays as it is, and the next
    start finds and stops what was left.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", signal_name, *command] if setpriv else command


def end_with(supervisor: int) -> None:
    """End this process, at once, when its parent or the supervisor above it is gone.

    For processes that somebody else's program starts: a web server killed by kill -9 leaves its
    workers behind, and they keep the port. The parent alone is not enough: one that is killed
    while its worker starts is gone before the worker looks for the first time.
    """
    threading.Thread(target=_watch, args=(os.getppid(), supervisor), daemon=True).start()


def _watch(parent: int, supervisor: int) -> None:
    while os.getppid() == parent and _lives(supervisor):
        time.sleep(LOOK_SECONDS)
    os._exit(1)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is root, and we are not
        return True
    return True
