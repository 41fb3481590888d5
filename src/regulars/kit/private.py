"""Files that nobody else may read."""

import os
from pathlib import Path


def write_private(file: Path, text: str) -> None:
    """Write a file at once and whole, readable by nobody else at any moment.

    Under root it belongs to whom its folder belongs, who has to be able to go on with it.
    """
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        if os.geteuid() == 0:
            of_folder = file.parent.stat()
            os.fchown(opened.fileno(), of_folder.st_uid, of_folder.st_gid)
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.rename(file)
