"""`regulars backup`, `restore` and `verify`: the book in one file, and the proof that it is."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.options import spoken
from regulars.cli.place import (
    has_own_database,
    layout_of,
    named_database,
    need_the_house,
    settings_for,
)
from regulars.cli.stopping import stop_in_order
from regulars.cli.up import teller
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

if TYPE_CHECKING:
    from regulars.cli.prepare import Prepared
    from regulars.kit.postgres import Layout
    from regulars.kit.postgres.dumps import Manifest

_ASIDE = ".restoring"  # where a restored house waits until it is proved

Home = Annotated[Path | None, typer.Option(help=N_("Folder of the data; or set REGULARS_HOME."))]
Lang = Annotated[str | None, typer.Option(help=N_("en, zh-hans or sv."))]


def backup(
    file: Annotated[Path, typer.Argument(help=N_("File to write."))],
    *,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Write everything into one file, of one instant; the house may go on meanwhile."""
    tell = teller(spoken(lang))
    stop_in_order()
    layout = layout_of(home)
    from regulars.kit.postgres.dumps import back_up
    from regulars.kit.postgres.layout import erasure_ledger_in

    _refuse_existing(file)
    with _database(layout) as conninfo:
        manifest = back_up(conninfo, file)
    _gather_erasures(_ledger_beside(file), [erasure_ledger_in(layout.home)])
    tell(
        N_("{rows} rows in {tables} tables are in {file}. Prove it with: regulars verify {file}"),
        None,
        rows=manifest.n_rows,
        tables=len(manifest.tables),
        file=file,
    )


def restore(
    file: Annotated[Path, typer.Argument(help=N_("File that regulars backup wrote."))],
    *,
    home: Home = None,
    erasures: Annotated[
        list[Path] | None, typer.Option(help=N_("List of erasures made since; may be repeated."))
    ] = None,
    lang: Lang = None,
) -> None:
    """Make a new house from a backup: on an empty home, or in DATABASE_URL's empty database."""
    tell = teller(spoken(lang))
    stop_in_order()
    layout = layout_of(home)
    ledgers = [_ledger_beside(file), *_given(erasures or [])]
    back = _restore_home if has_own_database() else _restore_named
    manifest, prepared = back(layout, file, ledgers)
    tell(
        N_("{rows} rows of {made_at} are back, each proved. Start with: regulars up --home {home}"),
        None,
        rows=manifest.n_rows,
        made_at=manifest.made_at,
        home=layout.home,
    )
    tell(
        N_("Customers erased after that, and now again: {n}."),
        None,
        n=prepared.n_erased_again,
    )


def verify(
    file: Annotated[Path, typer.Argument(help=N_("File that regulars backup wrote."))],
    *,
    lang: Lang = None,
) -> None:
    """Rehearse a restore aside, compare every table, and remove it again."""
    need_the_house()
    stop_in_order()
    from regulars.kit.postgres.dumps import aside, manifest_of

    manifest_of(file)  # refused before anything is made
    with aside("regulars-verify-") as folder:
        folder.chmod(0o711)
        with _restored(layout_of(folder / "home"), file) as (_, manifest):
            pass
    teller(spoken(lang))(
        N_("{file} can be restored: {rows} rows in {tables} tables, all as they were {made_at}."),
        None,
        file=file,
        rows=manifest.n_rows,
        tables=len(manifest.tables),
        made_at=manifest.made_at,
    )


def _restore_home(
    layout: "Layout", file: Path, ledgers: Iterable[Path]
) -> "tuple[Manifest, Prepared]":
    """Aside first, so that a restore that is cut off leaves no house.

    Aside is within the home, which may be a disk of its own.
    """
    from regulars.kit.folders import held
    from regulars.kit.postgres.dumps import manifest_of

    _refuse_taken(layout.home)
    manifest_of(file)  # refused before anything is made
    layout.make_home()
    aside = layout_of(layout.home / _ASIDE)
    aside.make_home()
    with held(aside.home) as is_ours:
        if not is_ours:
            raise Refusal(
                "restore_under_way",
                N_("Another restore to {home} is under way."),
                N_("Wait for it, or give another folder with --home."),
                home=layout.home,
            )
        _refuse_taken(layout.home)  # the other one may have ended meanwhile
        for left in aside.home.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        with _restored(aside, file) as (address, manifest):
            prepared = _prepared(aside, ledgers, DATABASE_URL=address)
        _refuse_taken(layout.home)
        # The database last: until it is there, there is no house.
        for part in sorted(aside.home.iterdir(), key=lambda part: part == aside.postgres):
            part.rename(layout.home / part.name)
        aside.home.rmdir()
    return manifest, prepared


def _refuse_taken(home: Path) -> None:
    if home.is_dir() and any(part.name != _ASIDE for part in home.iterdir()):
        raise Refusal(
            "home_taken",
            N_("{home} is not empty, and restoring never writes over anything."),
            N_("Give another folder with --home, or move that one away first."),
            home=home,
        )


def _restore_named(
    layout: "Layout", file: Path, ledgers: Iterable[Path]
) -> "tuple[Manifest, Prepared]":
    from regulars.kit.postgres.dumps import restore as put_back

    # The list first: should this be cut off, the next start knows whom to erase.
    _gather(layout, ledgers)
    manifest = put_back(named_database(), file)
    return manifest, _prepared(layout, ledgers)


def _prepared(layout: "Layout", ledgers: Iterable[Path], **more: str) -> "Prepared":
    """Before anybody can look: this version's tables, a new epoch, and nobody erased is back."""
    from regulars.cli.prepare import prepare

    _gather(layout, ledgers)
    return prepare(os.environ | settings_for(layout, 8000) | more, is_restored=True)


def _gather(layout: "Layout", ledgers: Iterable[Path]) -> None:
    from regulars.kit.postgres.layout import erasure_ledger_in

    layout.prepare_home()
    _gather_erasures(erasure_ledger_in(layout.home), ledgers)


@contextmanager
def _restored(layout: "Layout", file: Path) -> "Iterator[tuple[str, Manifest]]":
    """A new cluster that holds the backup, running: its address, and what the backup says."""
    from regulars.kit.postgres import Role, Server
    from regulars.kit.postgres.dumps import restore as put_back

    server = Server(layout)
    try:
        server.start()
        yield server.address(Role.OWNER), put_back(server.conninfo(Role.OWNER), file)
    except BaseException:
        server.discard()
        raise
    finally:
        server.stop()


@contextmanager
def _database(layout: "Layout") -> "Iterator[str]":
    """The database of a house: the one named, the one that runs, or started for this alone."""
    from regulars.kit.postgres import Role, Server

    if not has_own_database():
        yield named_database()
        return
    if not layout.data.exists():
        raise Refusal(
            "no_house",
            N_("There is no house on {home}."),
            N_("Name its folder with --home, or start one there with: regulars up"),
            home=layout.home,
        )
    server = Server(layout)
    if server.runs_elsewhere():
        yield server.conninfo(Role.OWNER)
        return
    server.start()
    try:
        yield server.conninfo(Role.OWNER)
    finally:
        server.stop()


def _ledger_beside(file: Path) -> Path:
    """The list of erasures beside the backups: kept up to the last backup made there."""
    return file.with_name("erasures.jsonl")


def _given(ledgers: list[Path]) -> list[Path]:
    if missing := [ledger for ledger in ledgers if not ledger.is_file()]:
        raise Refusal(
            "no_ledger",
            N_("There is no list of erasures {file}."),
            N_(
                "It is called erasures.jsonl, in the folder erasures of a home, and beside backups."
            ),
            file=missing[0],
        )
    return ledgers


def _gather_erasures(into: Path, ledgers: Iterable[Path]) -> None:
    from regulars.book.erasure_ledger import add_to_ledger, read_ledger

    for ledger in ledgers:
        add_to_ledger(into, read_ledger(ledger))


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise Refusal(
            "file_exists",
            N_("{file} is there already; a backup never writes over another."),
            N_("Give it another name, such as one with the day in it."),
            file=file,
        )
