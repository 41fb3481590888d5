import asyncio
from types import SimpleNamespace

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.jobs import tasks

pytestmark = pytest.mark.usefixtures("committed")


def job_of_a_worker_heard_of(ago):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - %s::interval) RETURNING id",
            [ago],
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs"
            " (task_name, queue_name, status, worker_id, attempts, args)"
            " VALUES ('some.task', 'default', 'doing', %s, 1, '{}') RETURNING id",
            [worker],
        )
        return cursor.fetchone()[0]


def status(job):
    return ProcrastinateJob.objects.get(pk=job).status


def test_a_job_whose_worker_was_killed_is_given_back_and_the_others_are_left_alone():
    stalled, alive = job_of_a_worker_heard_of("5 minutes"), job_of_a_worker_heard_of("1 second")
    asyncio.run(tasks.retry_stalled(SimpleNamespace(app=app), 0))
    assert (status(stalled), status(alive)) == ("todo", "doing")
