"""Where an installation keeps its things, and the short path of its socket."""

import errno
import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from regulars.kit import env
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


def home_told() -> Path:
    """The folder that is set, else this machine's usual place."""
    told = env.text("REGULARS_HOME", wanted="a folder", default=str(default_home()))
    return Path(told).expanduser().absolute()


def erasure_ledger_in(home: Path) -> Path:
    """The list of erasures that outlives the database, in a folder of whoever runs the house."""
    return home / "erasures" / "erasures.jsonl"


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

    def make_home(self) -> None:
        """Make the folder itself, or refuse one that cannot be used."""
        # Under root another account has to pass through home, and through nothing else.
        _make(self.home, 0o711 if self.account.is_another else 0o700, parents=True)
        if not self.home.is_dir():
            raise _unusable(self.home, errno.ENOTDIR)
        if not os.access(self.home, os.W_OK | os.X_OK):
            raise _unusable(self.home, errno.EACCES)
        if (barrier := self.account.barrier_to(self.home)) is not None:
            raise Refusal(
                "home_closed",
                N_("PostgreSQL runs as {name}, which may not enter {barrier}."),
                N_("Keep the data elsewhere with REGULARS_HOME, or run: chmod o+x {barrier}"),
                name=self.account.name,
                barrier=barrier,
            )

    def prepare_home(self) -> None:
        """Make what every house has, wherever its database lies."""
        self.make_home()
        erasures = erasure_ledger_in(self.home).parent
        _make(erasures, 0o700)
        self.account.own(erasures)

    def prepare(self) -> None:
        """Make the folders of our own database too, each closed to everybody it is not for."""
        self.prepare_home()
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
    try:
        if folder.is_symlink() or folder.exists():
            return
        folder.mkdir(parents=parents, exist_ok=True)
        folder.chmod(mode)
    except OSError as error:
        raise _unusable(folder, error.errno) from None


def _unusable(folder: Path, number: int | None) -> Refusal:
    return Refusal(
        "home_unusable",
        N_("The house cannot be kept in {folder}: {cause}."),
        N_("Name another folder with --home, or start it as the user that this one belongs to."),
        folder=folder,
        cause=os.strerror(number or 0),
    )


def _socket_bases() -> list[Path]:
    if os.geteuid() == 0:
        return [Path("/run") if Path("/run").is_dir() else Path(tempfile.gettempdir())]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    own = [Path(runtime)] if runtime and os.access(runtime, os.W_OK) else []
    return [*own, Path(tempfile.gettempdir()), Path("/tmp")]
