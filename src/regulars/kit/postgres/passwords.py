"""The database roles and their passwords, kept in one file that only we may read."""

import json
import secrets
from enum import StrEnum
from pathlib import Path

from regulars.kit.private import write_private


class Role(StrEnum):
    """Who may do what in the database."""

    KEEPER = "regulars_keeper"  # the superuser: makes the two others, and nothing else uses it
    OWNER = "regulars_owner"  # owns the tables: migrates, backs up, restores
    APP = "regulars_app"  # runs the house; cannot change what is append-only
    ANALYST = "regulars_analyst"  # reads the views without names, and nothing else


def passwords(file: Path) -> dict[Role, str]:
    """The password of each role; made and kept at the first asking for it."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if missing := [role for role in Role if role not in kept]:
        kept |= {role.value: secrets.token_urlsafe(32) for role in missing}
        write_private(file, json.dumps(kept))
    return {role: kept[role] for role in Role}
