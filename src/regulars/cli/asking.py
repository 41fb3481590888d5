"""Options that commands about people’s data share, and in whose name they are given."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.kit.texts import N_

if TYPE_CHECKING:
    from regulars.company.models import Staff
    from regulars.company.rights import Action

Home = Annotated[Path | None, typer.Option(help=N_("Folder of the data; or set REGULARS_HOME."))]
By = Annotated[
    str | None,
    typer.Option(metavar="EMAIL", help=N_("Who here does it, for the audit log; needs the right.")),
]
Lang = Annotated[str | None, typer.Option(help=N_("en, zh-hans or sv."))]


def asker(by: str | None, *, may: "Action") -> "Staff | None":
    """Who does it, if they may; nobody said is the house itself, at its own command line."""
    if by is None:
        return None
    from regulars.company.queries.access import staff_who
    from regulars.company.queries.people import colleague

    return staff_who(colleague(by), may=may)
