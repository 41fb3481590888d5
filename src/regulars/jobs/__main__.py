"""`python -m regulars.jobs`: the worker, started and watched by `regulars up`."""

import os
from typing import cast

import django


def main() -> None:
    """Run jobs, read the timeline and send until told to stop; what is under way is finished."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from regulars.jobs.readers import reading
    from regulars.jobs.senders import sending
    from regulars.jobs.subscriptions import SUBSCRIPTIONS
    from regulars.jobs.tasks import giving_back_connections
    from regulars.messages.registry import carriers

    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with (
        reading(SUBSCRIPTIONS),
        sending(carriers()),
        app.replace_connector(connector) as working,
    ):
        working.run_worker(
            concurrency=2,
            shutdown_graceful_timeout=20,
            delete_jobs="successful",
            listen_notify=True,
            task_middleware=[giving_back_connections],
        )


if __name__ == "__main__":
    main()
