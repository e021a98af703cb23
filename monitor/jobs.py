"""Calendar work, by APScheduler in the contract's zone: plan maintenance every night, write the report every month.

Nothing here probes or judges. A job the machine was too busy for runs once, up to half a day late; what fell into a
time when the monitor was off is made up for by the service when it starts.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from monitor.settings import BulletinPlan

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]


def calendar_jobs(
    zone: str, plan_maintenance: Job, write_last_months_report: Job, telling: Iterable[tuple[BulletinPlan, Job]] = ()
) -> AsyncIOScheduler:
    """``telling``: bulletins, each with what sends it.

    A scheduler that is not started yet; ``start()`` it on the running loop and ``shutdown()`` it at the end."""
    scheduler = AsyncIOScheduler(
        timezone=zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 12 * 3600}
    )
    scheduler.add_job(plan_maintenance, CronTrigger(hour=0, minute=5, timezone=zone), id="plan-maintenance")
    # Ten minutes into the month: by then nothing of the old month is pending any more.
    scheduler.add_job(write_last_months_report, CronTrigger(day=1, hour=0, minute=10, timezone=zone), id="month-report")
    for plan, tell in telling:
        day, weekday = (",".join(map(str, some)) or None for some in (plan.days, plan.weekdays))
        trigger = CronTrigger(day=day, day_of_week=weekday, hour=plan.at.hour, minute=plan.at.minute, timezone=zone)
        scheduler.add_job(tell, trigger, id=f"bulletin-{plan.kind.value}")
    return scheduler
