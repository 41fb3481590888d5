"""Tasks that keep the queue itself in order."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

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
