"""The processes `regulars up` starts beside the database, each in a group of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from regulars.kit.children import tied_to_us
from regulars.kit.postgres.account import Account

STOP_SECONDS = 30.0
# A child that dies at once, again and again, is not started in a hot loop.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0


def options_of(account: Account | None) -> dict[str, Any]:
    """What subprocess needs to start a part in a group of its own, as this account."""
    if account is None:
        return {"start_new_session": True}
    # It may not be allowed to stand where we stand.
    return account.popen_options() | {"cwd": "/"}


@dataclass
class Child:
    """A program that is started again whenever it ends."""

    name: str
    module: list[str]
    environment: dict[str, str]
    account: Account | None = None  # None: our own
    process: subprocess.Popen[bytes] | None = None
    n_restarts: int = 0
    _pause: float = SHORTEST_PAUSE
    _started_at: float = field(default=0.0)
    _due_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it."""
        self._started_at = time.monotonic()
        self.process = subprocess.Popen(
            # At once: one that finished in its own time would keep the port from the next start.
            tied_to_us([sys.executable, "-m", *self.module], "KILL"),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            **options_of(self.account),
        )

    def revive(self) -> int | None:
        """Start it again if it ended, after a pause that grows; gives how it ended, when it did."""
        if self.process is not None and (code := self.process.poll()) is not None:
            self._clear_group()
            self.process = None
            steady = time.monotonic() - self._started_at > STEADY_SECONDS
            self._pause = SHORTEST_PAUSE if steady else min(self._pause * 2, LONGEST_PAUSE)
            self._due_at = time.monotonic() + self._pause
            self.n_restarts += 1
            return code
        if self.process is None and time.monotonic() >= self._due_at:
            self.start()
        return None

    def ask_to_stop(self) -> None:
        """Ask it to finish what it is doing and end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_stopped(self) -> None:
        """Wait for that, and end by force what does not."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self._clear_group()
        self.process.wait()
        self.process = None

    def _clear_group(self) -> None:
        """Its own children go with it: web workers whose master was killed would keep the port."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
