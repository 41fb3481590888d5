"""The database roles and their passwords, kept in one file that only we may read."""

import json
import os
import secrets
from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    """Who may do what in the database."""

    KEEPER = "regulars_keeper"  # the superuser: makes the two others, and nothing else uses it
    OWNER = "regulars_owner"  # owns the tables: migrates, backs up, restores
    APP = "regulars_app"  # runs the house; cannot change what is append-only


def passwords(file: Path) -> dict[Role, str]:
    """The password of each role; made and kept at the first asking."""
    if not file.exists():
        write_private(file, json.dumps({role: secrets.token_urlsafe(32) for role in Role}))
    kept = json.loads(file.read_text(encoding="utf-8"))
    return {role: kept[role] for role in Role}


def write_private(file: Path, text: str) -> None:
    """Write a file at once and whole, readable by nobody else at any moment."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.rename(file)
