"""As which user PostgreSQL runs: it refuses to be root, and gets another account then."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

# Tried in this order; where neither exists the first is made.
ACCOUNTS = ("regulars", "postgres")


@dataclass(frozen=True)
class Account:
    """A user of this machine that PostgreSQL runs as."""

    name: str
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        """Whether we have to change user to be it."""
        return self.uid != os.geteuid()

    def popen_options(self) -> dict[str, Any]:
        """What subprocess needs to start a program as this user, in a process group of its own."""
        options: dict[str, Any] = {"start_new_session": True, "umask": 0o077}
        if self.is_another:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def own(self, path: Path) -> None:
        """Hand a file or folder to this user."""
        if self.is_another:
            os.chown(path, self.uid, self.gid)

    def barrier_to(self, path: Path) -> Path | None:
        """The first folder on the way to a path that this user may not enter; None if all open."""
        for folder in reversed([path, *path.parents]):
            if folder.is_dir() and not self._may_enter(folder):
                return folder
        return None

    def _may_enter(self, folder: Path) -> bool:
        seen = folder.stat()
        if seen.st_uid == self.uid:
            return bool(seen.st_mode & 0o100)
        if seen.st_gid == self.gid:
            return bool(seen.st_mode & 0o010)
        return bool(seen.st_mode & 0o001)


def account(name: str | None = None, *, may_make: bool = True) -> Account:
    """Ourselves; under root the account named, or `regulars`, or `postgres`, or a new one.

    With `may_make` False a new one is refused instead, for whoever only looks.
    """
    if os.geteuid() != 0:
        return _known(pwd.getpwuid(os.geteuid()).pw_name)
    if name is not None:
        return _known(name)
    present = {entry.pw_name for entry in pwd.getpwall()}
    found = next((each for each in ACCOUNTS if each in present), None)
    if found is None and not may_make:
        raise _no_account(ACCOUNTS[0])
    return _known(found or _made(ACCOUNTS[0]))


def _known(name: str) -> Account:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise _no_account(name) from None
    if entry.pw_uid == 0:
        raise _no_account(name)
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)


def _made(name: str) -> str:
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    try:
        subprocess.run([useradd, *options, name], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise _no_account(name) from None
    return name


def _no_account(name: str) -> Refusal:
    return Refusal(
        "no_postgres_account",
        N_("PostgreSQL may not run as root, and there is no ordinary account {name!r} to run it."),
        N_("Make one with: useradd --system {name}. Or name one in REGULARS_POSTGRES_ACCOUNT."),
        name=name,
    )
