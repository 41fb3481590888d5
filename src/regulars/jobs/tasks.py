"""The queue's tasks: those that keep it in order, and work that need not be waited for."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.worker import Worker

from regulars.analysis.taking import take_readings
from regulars.analysis.when import is_due
from regulars.book.services.erasing import erase_customers
from regulars.book.services.linking import learn_and_suggest
from regulars.book.services.retaining import apply_rules
from regulars.book.services.samples import renew_search_samples
from regulars.jobs.mail import take_in_mail
from regulars.jobs.promises import run_deadlines
from regulars.kit.errors import Refusal
from regulars.messages.webhooks.forgetting import forget_old_deliveries

KEPT_HOURS = 7 * 24
# A database that is away for some minutes makes no job fail for good.
_log = logging.getLogger(__name__)
PATIENTLY = RetryStrategy(max_attempts=8, exponential_wait=2)


def giving_back_connections(
    call_next: Callable[[], Any],
    _context: JobContext,
    _worker: Worker,
) -> Any:
    """Around every task that is no coroutine: the next one, in another thread, needs it too."""
    try:
        return call_next()
    finally:
        connection.close()


@app.task(retry=PATIENTLY)
def erase(customer_ids: list[str], by: str | None) -> None:
    """Erase customers; safe to repeat, so a worker killed in the midst of it does no harm."""
    erase_customers(map(UUID, customer_ids), by=UUID(by) if by else None)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Give jobs back whose worker was killed: they stand as `doing` for ever otherwise."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="joins")
def joins(timestamp: int) -> None:  # noqa: ARG001
    """Each night: learn from all records what says that two are one, and go over everybody."""
    learn_and_suggest()


@app.periodic(cron="23 2 * * *")
@app.task(queueing_lock="retention")
def retention(timestamp: int) -> None:  # noqa: ARG001
    """Each night: let go what the rules say that a person set for each night."""
    apply_rules(timezone.now(), by=None, is_nightly=True)
    renew_search_samples()


@app.periodic(cron="52 2 * * *")
@app.task(queueing_lock="old_deliveries")
def old_deliveries(timestamp: int) -> None:  # noqa: ARG001
    """Each night: forget how webhooks of more than a month ago went, and what they said."""
    forget_old_deliveries()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Forget what was done a week ago; what failed stays to be looked at."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="measure")
def measure(timestamp: int) -> None:  # noqa: ARG001
    """Where all customers stand: each night, after an import, and when somebody asks for it."""
    if not is_due(timezone.now()):
        return
    try:
        take_readings(engine=settings.MEASURE_ENGINE)
    except Refusal as refused:  # the round says why, and the pages show it
        _log.warning("nothing was measured: %s", refused)


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="deadlines")
def deadlines(timestamp: int) -> None:  # noqa: ARG001
    """Every ten seconds: promises that are soon due, and those that were not kept.

    It goes by the clock and not by the time it was queued for: after a standstill one run does all.
    """
    run_deadlines(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="mail_in")
def mail_in(timestamp: int) -> None:  # noqa: ARG001
    """Each minute: fetch what is new in the box, and handle what came in."""
    take_in_mail()
