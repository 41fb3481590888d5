"""Child processes that do not outlive us."""

import shutil
import sys


def tied_to_us(command: list[str], signal_name: str = "TERM") -> list[str]:
    """The command so that the system signals it when we are gone, even by kill -9.

    Where that is not to be had (no Linux, no util-linux) the command stays as it is, and the next
    start finds and stops what was left.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", signal_name, *command] if setpriv else command
