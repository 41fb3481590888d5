"""Where an installation keeps its things, and the short path of its socket."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from regulars.kit.errors import Refusal
from regulars.kit.postgres.account import Account
from regulars.kit.texts import N_

PORT = 5432
# sockaddr_un holds 108 bytes, the closing zero included.
LONGEST_SOCKET_PATH = 107


def default_home() -> Path:
    """The folder of this machine for such data: the system's for root, else the user's own."""
    if os.geteuid() == 0:
        return Path("/var/lib/regulars")
    kept = os.environ.get("XDG_DATA_HOME")
    return (Path(kept) if kept else Path.home() / ".local" / "share") / "regulars"


@dataclass(frozen=True)
class Layout:
    """The folders and files of one installation."""

    home: Path
    account: Account

    @property
    def postgres(self) -> Path:
        """What belongs to PostgreSQL's account."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """The cluster itself."""
        return self.postgres / "data"

    @property
    def log(self) -> Path:
        """What PostgreSQL writes while it runs."""
        return self.postgres / "postgres.log"

    @property
    def passwords(self) -> Path:
        """The passwords of the database roles, for us alone."""
        return self.home / "passwords.json"

    @property
    def lock(self) -> Path:
        """Held by the one process that supervises this installation."""
        return self.home / "supervisor.lock"

    @property
    def sockets(self) -> Path:
        """Folder of the socket: short whatever the home is called, and another for each home."""
        mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:10]
        for base in _socket_bases():
            folder = base / f"regulars-{mark}"
            if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
                return folder
        raise AssertionError("/tmp is always short enough")

    @property
    def socket(self) -> Path:
        """The socket PostgreSQL listens on."""
        return self.sockets / f".s.PGSQL.{PORT}"

    def prepare(self) -> None:
        """Make the folders, each closed to everybody it is not for."""
        # Under root PostgreSQL's account has to pass through home, and through nothing else.
        _make(self.home, 0o711 if self.account.is_another else 0o700, parents=True)
        if (barrier := self.account.barrier_to(self.home)) is not None:
            raise Refusal(
                "home_closed",
                N_("PostgreSQL runs as {name}, which may not enter {barrier}."),
                N_("Keep the data elsewhere with REGULARS_HOME, or run: chmod o+x {barrier}"),
                name=self.account.name,
                barrier=barrier,
            )
        _make(self.postgres, 0o700)
        self.account.own(self.postgres)
        self._prepare_sockets()

    def _prepare_sockets(self) -> None:
        """The folder lies where others may write, so it is trusted only if it is truly ours."""
        _make(self.sockets, 0o700)
        seen = self.sockets.lstat()
        ours = seen.st_uid in {os.geteuid(), self.account.uid}
        if not stat.S_ISDIR(seen.st_mode) or not ours or seen.st_mode & 0o077:
            raise Refusal(
                "socket_folder_taken",
                N_("{folder} is not a folder of ours that is closed to others."),
                N_("Look who made it, remove it, and start again."),
                folder=self.sockets,
            )
        self.account.own(self.sockets)


def _make(folder: Path, mode: int, *, parents: bool = False) -> None:
    if folder.is_symlink() or folder.exists():
        return
    folder.mkdir(parents=parents, exist_ok=True)
    folder.chmod(mode)


def _socket_bases() -> list[Path]:
    if os.geteuid() == 0:
        return [Path("/run") if Path("/run").is_dir() else Path(tempfile.gettempdir())]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    own = [Path(runtime)] if runtime and os.access(runtime, os.W_OK) else []
    return [*own, Path(tempfile.gettempdir()), Path("/tmp")]
