"""`python -m regulars.jobs`: the worker, started and watched by `regulars up`."""

import os
from typing import cast

import django


def main() -> None:
    """Run jobs until told to stop; those under way are finished first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector) as working:
        working.run_worker(
            concurrency=2,
            shutdown_graceful_timeout=20,
            delete_jobs="successful",
            listen_notify=True,
        )


if __name__ == "__main__":
    main()
