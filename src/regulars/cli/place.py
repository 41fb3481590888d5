"""Where this installation keeps its things, and what its processes have to be told."""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

if TYPE_CHECKING:
    from regulars.kit.postgres import Layout


def layout_of(home: Path | None, *, may_make: bool = True) -> "Layout":
    """Where the data of this installation lies: asked for, set, or this machine's usual place.

    With `may_make` False an account that PostgreSQL would need is not made.
    """
    need_the_house()
    from regulars.kit import env
    from regulars.kit.postgres import Layout
    from regulars.kit.postgres.account import account
    from regulars.kit.postgres.layout import home_told

    named = env.text("REGULARS_POSTGRES_ACCOUNT", wanted="a user of this machine", default="")
    folder = home.expanduser().absolute() if home else home_told()
    try:
        folder.exists()
    except OSError as error:
        raise Refusal(
            "home_closed_to_us",
            N_("{folder} cannot be looked at: {cause}."),
            N_("Name another folder with --home, or do this as the user that it belongs to."),
            folder=folder,
            cause=error.strerror,
        ) from None
    return Layout(folder, account(named or None, may_make=may_make))


def need_the_house() -> None:
    """The report is installed without the server, which is an extra of its own."""
    missing = [name for name in ("django", "psycopg", "granian") if find_spec(name) is None]
    if missing:
        raise Refusal(
            "no_house_installed",
            N_("The server is not installed: {missing} is missing."),
            N_("Install it with: pip install 'regulars[house]'"),
            missing=", ".join(missing),
        )


def has_own_database() -> bool:
    """Whether the database is ours to start: no other one is named."""
    return not {"DATABASE_URL", "DATABASE_URL_FILE"} & set(os.environ)


def named_database() -> str:
    """How to connect to the database that DATABASE_URL names."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    from regulars.kit import env

    env.database("DATABASE_URL")  # refused here, by its name, where it cannot be read
    try:
        return make_conninfo(env.secret("DATABASE_URL", wanted="an address"))
    except ProgrammingError as error:
        wanted = "an address whose parameters PostgreSQL knows"
        raise env.BadSetting("DATABASE_URL", wanted, str(error).strip()) from None


def settings_for(layout: "Layout", port: int, *, may_make: bool = True) -> dict[str, str]:
    """What the settings need beside the environment; in production nothing is made up.

    With `may_make` False no secret key is kept: whoever only looks signs nothing.
    """
    told = {
        "DJANGO_SETTINGS_MODULE": "regulars.settings",
        "PYTHONUNBUFFERED": "1",
        "REGULARS_HOME": str(layout.home),
    }
    if os.environ.get("REGULARS_PRODUCTION") == "1":
        return told
    if "REGULARS_ADDRESS" not in os.environ:
        told["REGULARS_ADDRESS"] = f"http://127.0.0.1:{port}"
    if not {"REGULARS_SECRET_KEY", "REGULARS_SECRET_KEY_FILE"} & set(os.environ):
        told["REGULARS_SECRET_KEY"] = _secret_key(layout) if may_make else _new_key()
    return told


def _new_key() -> str:
    return secrets.token_urlsafe(64)


def _secret_key(layout: "Layout") -> str:
    """The key that signs sessions, made once, so that a restart signs nobody out."""
    from regulars.kit.private import write_private

    layout.prepare_home()
    file = layout.home / "secret-key"
    if not file.exists():
        write_private(file, _new_key())
    return file.read_text(encoding="utf-8").strip()
