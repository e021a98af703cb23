"""Calendar work falls on local time, also where the month begins at another instant than in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.jobs import calendar_jobs


async def nothing() -> None:
    pass


def next_runs(now: datetime) -> dict[str, datetime]:
    scheduler = calendar_jobs("Asia/Shanghai", nothing, nothing)
    scheduler.start(paused=True)
    try:
        return {job.id: job.trigger.get_next_fire_time(None, now) for job in scheduler.get_jobs()}
    finally:
        scheduler.shutdown(wait=False)


async def test_the_month_report_is_written_ten_minutes_into_the_local_month() -> None:
    run = next_runs(datetime(2026, 10, 31, 15, 59, tzinfo=UTC))["month-report"]
    assert run == datetime(2026, 11, 1, 0, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


async def test_maintenance_is_planned_every_night() -> None:
    run = next_runs(datetime(2026, 11, 2, 12, 0, tzinfo=UTC))["plan-maintenance"]
    assert run == datetime(2026, 11, 3, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
