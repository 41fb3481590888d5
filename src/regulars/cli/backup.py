"""`regulars backup`, `restore` and `verify`: the book in one file, and the proof that it is."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.options import spoken
from regulars.cli.up import layout_of, need_the_house, teller
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

if TYPE_CHECKING:
    from regulars.kit.postgres import Server
    from regulars.kit.postgres.dumps import Manifest

Home = Annotated[Path | None, typer.Option(help="Folder of the data; or set REGULARS_HOME.")]
Lang = Annotated[str | None, typer.Option(help="en, zh-hans or sv.")]


def backup(
    file: Annotated[Path, typer.Argument(help="File to write.")],
    *,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Write everything into one file, of one instant; the house may go on meanwhile."""
    need_the_house()
    from regulars.kit.postgres import Role
    from regulars.kit.postgres.dumps import back_up

    tell = teller(spoken(lang))
    _refuse_existing(file)
    with _running(home) as server:
        manifest = back_up(server.conninfo(Role.OWNER), server.binaries(), file)
    tell(
        N_("{rows} rows in {tables} tables are in {file}. Prove it with: regulars verify {file}"),
        None,
        rows=manifest.n_rows,
        tables=len(manifest.tables),
        file=file,
    )


def restore(
    file: Annotated[Path, typer.Argument(help="File that regulars backup wrote.")],
    *,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Make a new house from a backup, on a home where there is none yet."""
    tell = teller(spoken(lang))
    layout = layout_of(home)
    if layout.home.exists() and any(layout.home.iterdir()):
        raise Refusal(
            "home_taken",
            N_("{home} is not empty, and restoring never writes over anything."),
            N_("Give another folder with --home, or move that one away first."),
            home=layout.home,
        )
    aside = layout.home.with_name(f"{layout.home.name}.restoring")
    shutil.rmtree(aside, ignore_errors=True)
    manifest = _restored(aside, file)
    # Only a whole house takes the name: a restore that is cut off leaves none.
    aside.rename(layout.home)
    tell(
        N_("{rows} rows of {made_at} are back, each proved. Start with: regulars up --home {home}"),
        None,
        rows=manifest.n_rows,
        made_at=manifest.made_at,
        home=layout.home,
    )


def verify(
    file: Annotated[Path, typer.Argument(help="File that regulars backup wrote.")],
    *,
    lang: Lang = None,
) -> None:
    """Rehearse a restore aside, compare every table, and remove it again."""
    need_the_house()
    with tempfile.TemporaryDirectory(prefix="regulars-verify-") as folder:
        Path(folder).chmod(0o711)
        manifest = _restored(Path(folder) / "home", file)
    teller(spoken(lang))(
        N_("{file} can be restored: {rows} rows in {tables} tables, all as they were {made_at}."),
        None,
        file=file,
        rows=manifest.n_rows,
        tables=len(manifest.tables),
        made_at=manifest.made_at,
    )


def _restored(home: Path, file: Path) -> "Manifest":
    from regulars.kit.postgres import Role, Server
    from regulars.kit.postgres.dumps import manifest_of, restore

    manifest_of(file)  # refused before anything is made
    server = Server(layout_of(home))
    server.start()
    try:
        return restore(server.conninfo(Role.OWNER), server.binaries(), file)
    except Refusal:
        server.discard()
        raise
    finally:
        server.stop()


@contextmanager
def _running(home: Path | None) -> "Iterator[Server]":
    """The database of a house: the one that runs, or started for this alone."""
    from regulars.kit.postgres import Server

    layout = layout_of(home)
    if not layout.data.exists():
        raise Refusal(
            "no_house",
            N_("There is no house on {home}."),
            N_("Name its folder with --home, or start one there with: regulars up"),
            home=layout.home,
        )
    server = Server(layout)
    if server.runs_elsewhere():
        yield server
        return
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise Refusal(
            "file_exists",
            N_("{file} is there already; a backup never writes over another."),
            N_("Give it another name, such as one with the day in it."),
            file=file,
        )
