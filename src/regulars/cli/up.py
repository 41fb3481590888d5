"""`regulars up`: the whole house in one foreground process."""

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.options import spoken, whole
from regulars.cli.place import (
    has_own_database,
    layout_of,
    named_database,
    settings_for,
)
from regulars.cli.stopping import stop_in_order, stop_no_more
from regulars.kit.texts import N_, say

if TYPE_CHECKING:
    from regulars.cli.demo import Begun
    from regulars.cli.house import House
    from regulars.kit.postgres import Layout, Started
    from regulars.kit.postgres.account import Account
    from regulars.kit.progress import Progress

MOST_CUSTOMERS = 100_000


@dataclass(frozen=True)
class Demo:
    """The example company that is asked for."""

    customers: int
    lang: str


def up(
    *,
    home: Annotated[
        Path | None, typer.Option(help=N_("Folder of the data; or set REGULARS_HOME."))
    ] = None,
    host: Annotated[str, typer.Option(help=N_("Address to listen on."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=N_("Port of the web pages."), min=1, max=65535)] = 8000,
    lang: Annotated[str | None, typer.Option(help=N_("en, zh-hans or sv."))] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help=N_("Fill a new house with the example company."))
    ] = False,
    customers: Annotated[
        str, typer.Option(metavar="N", help=N_("How many customers it has; with --demo."))
    ] = "1500",
) -> None:
    """Start everything: database, pages and jobs. Ctrl-C stops it; a next start goes on."""
    language = spoken(lang)
    n_customers = whole("--customers", customers, least=1, most=MOST_CUSTOMERS)
    tell = teller(language)
    house = _house(home, host, port, tell)
    stop_in_order()
    try:
        _open(house, tell, demo=Demo(n_customers, language) if demo else None)
        house.watch()
    except KeyboardInterrupt:
        tell(N_("Stopping: what is being done is finished first."), None)
    finally:
        stop_no_more()
        house.close()
    tell(N_("Stopped. Everything is kept; regulars up goes on from here."), None)


def _house(home: Path | None, host: str, port: int, tell: "Progress") -> "House":
    layout = layout_of(home)  # first: it says so where the server is not installed
    from regulars.cli.house import House
    from regulars.kit.postgres import Server
    from regulars.kit.postgres.reaching import refuse_unusable

    is_ours = has_own_database()
    if not is_ours:
        refuse_unusable(named_database())
    environment = settings_for(layout, port)
    _check_settings(environment, is_ours=is_ours)
    layout.prepare_home()
    return House(
        server=Server(layout, tell=tell) if is_ours else None,
        environment=environment,
        host=host,
        port=port,
        tell=tell,
        account=_account_of_parts(layout, tell),
    )


def _account_of_parts(layout: "Layout", tell: "Progress") -> "Account | None":
    """As whom pages and jobs run: under root as PostgreSQL's account, where that can be."""
    from regulars.cli.privileges import AS_ROOT, why_not_run_by

    if (cause := why_not_run_by(layout.account)) is not None:
        tell(AS_ROOT, None, name=layout.account.name, cause=cause)
        return None
    return layout.account if layout.account.is_another else None


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


def _open(house: "House", tell: "Progress", *, demo: Demo | None) -> None:
    if (started := house.start_database()) is not None:
        _tell_of_database(started, tell)
    prepared = house.prepare()
    if prepared.n_erased_again:
        tell(
            N_("Customers erased after this database was saved, and now again: {n}."),
            None,
            n=prepared.n_erased_again,
        )
    begun = _begin(house, demo) if demo else None
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
    if demo and begun:
        _move_in(house, begun, demo, tell)


def _begin(house: "House", demo: Demo) -> "Begun":
    from regulars.cli.demo import begin
    from regulars.kit.postgres import Role

    return begin(house.environment_of(Role.APP), house.account, customers=demo.customers)


def _move_in(house: "House", begun: "Begun", demo: Demo, tell: "Progress") -> None:
    """Beside the pages, which are open by now."""
    from regulars.cli.demo import mover
    from regulars.kit.postgres import Role

    if begun.is_loaded:
        tell(N_("The example company is here, up to {day}."), None, day=begun.as_of)
        return
    moving = mover(house.environment_of(Role.APP), house.account, lang=demo.lang)
    house.children.append(moving)
    moving.start()


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
