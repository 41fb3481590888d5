"""What PostgreSQL wrote since this start."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.kit.postgres.account import Account

LONGEST = 20_000_000
_RECOVERING = ("automatic recovery in progress", "database system was interrupted")
_TROUBLE = ("FATAL:", "PANIC:", "ERROR:", "could not", "error while loading")


class Log:
    """The part of the log file that belongs to one start."""

    def __init__(self, path: Path):
        self.path = path
        if self._size() > LONGEST:
            path.rename(path.with_suffix(".before.log"))
        self._began_at = self._size()

    @contextmanager
    def opened(self, account: Account) -> Iterator[int]:
        """The file to write to, in PostgreSQL's own folder, never through a link set there."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        handle = os.open(self.path, flags, 0o600)
        try:
            account.own(self.path)
            yield handle
        finally:
            os.close(handle)

    def tells_of_recovery(self) -> bool:
        """Whether the server found that it had been cut off."""
        said = self._said()
        return any(sign in said for sign in _RECOVERING)

    def last_words(self) -> str:
        """The last line that names a trouble, else the last line."""
        lines = self._said().splitlines() or ["it said nothing."]
        troubles = [line for line in lines if any(sign in line for sign in _TROUBLE)]
        return (troubles or lines)[-1]

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def _said(self) -> str:
        if not self.path.exists():
            return ""
        with self.path.open(encoding="utf-8", errors="replace") as file:
            file.seek(self._began_at)
            return file.read()
