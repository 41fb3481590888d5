"""Tasks that run by the clock."""

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from regulars.jobs.promises import run_deadlines

KEPT_HOURS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Give jobs back whose worker was killed: they stand as `doing` for ever otherwise."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Forget what was done a week ago; what failed stays to be looked at."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS)


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="deadlines")
def deadlines(timestamp: int) -> None:  # noqa: ARG001
    """Every ten seconds: promises that are soon due, and those that were not kept.

    It goes by the clock and not by the time it was queued for: after a standstill one run does all.
    """
    run_deadlines(timezone.now())
