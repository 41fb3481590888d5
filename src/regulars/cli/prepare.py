"""`python -m regulars.cli.prepare`: migrate, as the owner of the tables; tells one line of JSON."""

import json
import os
import sys

import django


def main() -> None:
    """Bring the database to this version and see that somebody can sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from regulars.book.services.epochs import ensure_epoch
    from regulars.company.services.staff import invite_first_owner

    plan = MigrationExecutor(connection).migration_plan(
        MigrationExecutor(connection).loader.graph.leaf_nodes()
    )
    call_command("migrate", verbosity=0, interactive=False)
    ensure_epoch()
    told = {"n_migrations": len(plan), "first_owner": invite_first_owner()}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
