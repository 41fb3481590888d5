"""Bring a database to this version: in a process of its own, as the owner of the tables.

`python -m regulars.cli.prepare` tells one line of JSON; --restored where a backup was put back.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

if TYPE_CHECKING:
    from regulars.kit.postgres.account import Account

_RESTORED = "--restored"


@dataclass(frozen=True)
class Prepared:
    """What preparing the database came to."""

    n_migrations: int
    n_erased_again: int  # customers whose erasure this database did not know of
    first_owner: str | None  # the token of the link for the first owner, while there is none


def prepare(
    environment: dict[str, str], account: "Account | None" = None, *, is_restored: bool = False
) -> Prepared:
    """Migrate, see to the epoch and the erasures, and that somebody can sign in."""
    from regulars.cli.children import options_of

    done = subprocess.run(
        [sys.executable, "-m", "regulars.cli.prepare", *([_RESTORED] if is_restored else [])],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **options_of(account),
    )
    if done.returncode != 0:
        raise Refusal(
            "cannot_prepare",
            N_("The database could not be prepared: {cause}"),
            N_("Mend that and start again; what is stored was not changed."),
            cause=(done.stderr.strip().splitlines() or ["no reason was given"])[-1],
        )
    return Prepared(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Do it, on the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from regulars.book.services.epochs import ensure_epoch, raise_epoch
    from regulars.book.services.offering import drop_views, ensure_views
    from regulars.book.services.samples import stop_sampling
    from regulars.company.services.staff import invite_first_owner

    with connection.cursor() as cursor:
        # Of two houses that start at once on one database, the second waits until this one is done.
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('regulars prepares', 0))")
    plan = MigrationExecutor(connection).migration_plan(
        MigrationExecutor(connection).loader.graph.leaf_nodes()
    )
    if plan:
        drop_views()
    call_command("migrate", verbosity=0, interactive=False)
    ensure_views()
    stop_sampling()
    if _RESTORED in sys.argv:
        raise_epoch()
    else:
        ensure_epoch()
    told = Prepared(len(plan), _erase_again(), invite_first_owner())
    sys.stdout.write(json.dumps(asdict(told)) + "\n")


def _erase_again() -> int:
    """Apply what the list outside the database knows, and the other way round."""
    from regulars.book.erasure_ledger import add_to_ledger, read_ledger
    from regulars.book.queries.erasures import erasures
    from regulars.book.services.erasing import repeat_erasures
    from regulars.kit.postgres.layout import erasure_ledger_in, home_told

    file = erasure_ledger_in(home_told())
    n_erased_again = repeat_erasures(read_ledger(file))
    add_to_ledger(file, erasures())
    return n_erased_again


if __name__ == "__main__":
    main()
