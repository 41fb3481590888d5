"""Folders that results are written to: all files come into their places at once, or none does."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, ENOTDIR
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_

_PREFIX = ".new-"
_FRESH = 5  # seconds in which a folder may be made and not yet held


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A folder beside the final places; what is in it moves to `out` when all went well.

    Error   InputRefused where `out` cannot be made or written to, or the disk is full.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with passing(out, _PREFIX) as folder:
            yield folder
            for path in sorted(folder.iterdir()):
                path.replace(out / path.name)
    except OSError as error:
        cause = os.strerror(error.errno) if error.errno else str(error)
        raise _cannot_write(out, cause) from error


@contextmanager
def passing(within: Path, prefix: str) -> Iterator[Path]:
    """A folder of ours that is removed at the end; those that killed runs left go at the start."""
    _remove_abandoned(within, prefix)
    with TemporaryDirectory(prefix=prefix, dir=within) as folder, held(Path(folder)):
        yield Path(folder)


def refuse_unwritable(out: Path) -> None:
    """Refuse a folder that cannot be written to, before any work is done for it."""
    there = next(path for path in (out.absolute(), *out.absolute().parents) if path.exists())
    if not there.is_dir():
        raise _cannot_write(out, os.strerror(ENOTDIR))
    if not os.access(there, os.W_OK | os.X_OK):
        raise _cannot_write(out, os.strerror(EACCES))


def _cannot_write(out: Path, cause: str) -> InputRefused:
    return InputRefused(
        "cannot_write",
        N_("The folder {folder} cannot be written to: {cause}."),
        N_("Choose another folder with --out DIR."),
        folder=out,
        cause=cause,
    )


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Hold a folder as long as this process lives; False where another one holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _locked(handle)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_abandoned(within: Path, prefix: str) -> None:
    """Remove what killed runs left behind; folders of others, and of runs that go on, stay."""
    for path in within.glob(f"{prefix}*"):
        seen = path.lstat()
        is_abandoned = stat.S_ISDIR(seen.st_mode) and time.time() - seen.st_mtime > _FRESH
        if is_abandoned and seen.st_uid == os.geteuid():
            with held(path) as is_ours:
                if is_ours:
                    rmtree(path, ignore_errors=True)
