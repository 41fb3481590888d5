"""As whom the house's parts run: under root as the account of PostgreSQL, not as root."""

import os
import subprocess
import sys
from errno import EACCES
from pathlib import Path
from typing import TYPE_CHECKING

import regulars
from regulars.kit.texts import N_

if TYPE_CHECKING:
    from regulars.kit.postgres.account import Account

# What a part imports before it does anything.
_FIRST_STEPS = "import django, granian, procrastinate, psycopg, regulars.kit.env"
AS_ROOT = N_("Pages and jobs run as root, since {name} cannot run them: {cause}")
AS_ROOT_MEND = N_("Install Regulars where every account may read, such as /opt/regulars.")


def why_not_run_by(account: "Account") -> str | None:
    """What keeps another account from running the parts, in the system's words; None if nothing."""
    if not account.is_another:
        return None
    needed = (Path(sys.executable).resolve(), Path(sys.prefix), Path(regulars.__file__).parent)
    for path in needed:
        if (barrier := account.barrier_to(path)) is not None:
            return f"{barrier}: {os.strerror(EACCES)}"
    return _why_not_started(account)


def _why_not_started(account: "Account") -> str | None:
    """Rights on folders are not all that can be in the way, so it is tried."""
    try:
        tried = subprocess.run(
            [sys.executable, "-c", _FIRST_STEPS],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **account.popen_options(),
        )
    except OSError as error:
        return str(error)
    said = tried.stderr.strip().splitlines() or [f"{sys.executable}: {tried.returncode}"]
    return said[-1] if tried.returncode else None
