"""`regulars up`: the whole house in one foreground process."""

import importlib
import os
import secrets
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from regulars.cli.options import spoken
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_, say

if TYPE_CHECKING:
    from regulars.cli.house import House
    from regulars.kit.postgres import Layout, Started
    from regulars.kit.progress import Progress


def up(
    *,
    home: Annotated[
        Path | None, typer.Option(help="Folder of the data; or set REGULARS_HOME.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the web pages.", min=1, max=65535)] = 8000,
    lang: Annotated[str | None, typer.Option(help="en, zh-hans or sv.")] = None,
) -> None:
    """Start everything: database, pages and jobs. Ctrl-C stops it; a next start goes on."""
    language = spoken(lang)
    tell = teller(language)
    house = _house(home, host, port, tell)
    signal.signal(signal.SIGTERM, _interrupt)
    # A terminal that is closed stops the house as Ctrl-C does.
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        _open(house, tell)
        house.watch()
    except KeyboardInterrupt:
        tell(N_("Stopping: what is being done is finished first."), None)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        house.close()
    tell(N_("Stopped. Everything is kept; regulars up goes on from here."), None)


def layout_of(home: Path | None) -> "Layout":
    """Where the data of this installation lies: asked for, set, or this machine's usual place."""
    need_the_house()
    from regulars.kit import env
    from regulars.kit.postgres import Layout, default_home
    from regulars.kit.postgres.account import account

    told = home or Path(env.text("REGULARS_HOME", wanted="a folder", default=str(default_home())))
    named = env.text("REGULARS_POSTGRES_ACCOUNT", wanted="a user of this machine", default="")
    return Layout(told.expanduser().absolute(), account(named or None))


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


def settings_for(layout: "Layout", port: int) -> dict[str, str]:
    """What the settings need beside the environment; in production nothing is made up."""
    told = {"DJANGO_SETTINGS_MODULE": "regulars.settings", "PYTHONUNBUFFERED": "1"}
    if os.environ.get("REGULARS_PRODUCTION") == "1":
        return told
    if "REGULARS_ADDRESS" not in os.environ:
        told["REGULARS_ADDRESS"] = f"http://127.0.0.1:{port}"
    if not {"REGULARS_SECRET_KEY", "REGULARS_SECRET_KEY_FILE"} & set(os.environ):
        told["REGULARS_SECRET_KEY"] = _secret_key(layout)
    return told


def _house(home: Path | None, host: str, port: int, tell: "Progress") -> "House":
    layout = layout_of(home)  # first: it says so where the server is not installed
    from regulars.cli.house import House
    from regulars.kit.postgres import Server

    is_ours = not ({"DATABASE_URL", "DATABASE_URL_FILE"} & set(os.environ))
    environment = settings_for(layout, port)
    _check_settings(environment, is_ours=is_ours)
    server = Server(layout, tell=tell) if is_ours else None
    return House(server, environment, host, port, tell)


def _check_settings(environment: dict[str, str], *, is_ours: bool) -> None:
    """Read them once, so that a bad one is refused before anything is made or started."""
    before = dict(os.environ)
    # The address of our own database is known only when it runs.
    ours = {"DATABASE_URL": "postgresql://regulars_app@/regulars"} if is_ours else {}
    try:
        os.environ.update(environment | ours)
        importlib.import_module("regulars.settings")
    finally:
        os.environ.clear()
        os.environ.update(before)


def _secret_key(layout: "Layout") -> str:
    """The key that signs sessions, made once, so that a restart signs nobody out."""
    from regulars.kit.postgres.passwords import write_private

    layout.prepare()
    file = layout.home / "secret-key"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(64))
    return file.read_text(encoding="utf-8").strip()


def _open(house: "House", tell: "Progress") -> None:
    if (started := house.start_database()) is not None:
        _tell_of_database(started, tell)
    prepared = house.prepare()
    house.open()
    address = house.environment.get("REGULARS_ADDRESS") or os.environ["REGULARS_ADDRESS"]
    tell(N_("The house is up: {address}"), None, address=address)
    if prepared.first_owner:
        tell(
            N_("Nobody works here yet. Become the owner, once, within two days:\n  {link}"),
            None,
            link=f"{address}/welcome/{prepared.first_owner}",
        )
    tell(N_("Ctrl-C stops it."), None)


def _tell_of_database(started: "Started", tell: "Progress") -> None:
    if started.has_recovered:
        tell(
            N_("The database had been cut off. It put itself right: nothing stored is lost."), None
        )
    elif started.is_new:
        tell(N_("A new database was made."), None)


def teller(language: str) -> "Progress":
    """Says each new thing once; a progress that only counts on is said every ten seconds."""
    import time

    said_at: dict[str, float] = {}

    def tell(what: str, _done: float | None, /, **facts: object) -> None:
        if "{seconds}" in what and time.monotonic() - said_at.get(what, 0.0) < 10.0:
            return
        said_at[what] = time.monotonic()
        print(say(what, language, **facts), flush=True)

    return tell


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
