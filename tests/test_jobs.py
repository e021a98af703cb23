"""Calendar work falls on local time, also where the month begins at another instant than in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from monitor.jobs import calendar_jobs
from monitor.settings import BulletinKind, BulletinPlan


async def nothing() -> None:
    pass


PLANS = (
    BulletinPlan(BulletinKind.DAILY, time(7, 30), ("office",)),
    BulletinPlan(BulletinKind.PICTURES, time(8, 30), ("vendor-on-call",), weekdays=(0, 1, 2, 3, 4)),
    BulletinPlan(BulletinKind.MONTH, time(8), ("office",), (20, 25, 28)),
)


def next_runs(now: datetime) -> dict[str, datetime]:
    scheduler = calendar_jobs("Asia/Shanghai", nothing, nothing, [(plan, nothing) for plan in PLANS])
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


async def test_bulletins_are_told_at_their_local_hour_on_their_days() -> None:
    zone, evening = ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    runs = next_runs(evening)
    assert runs["bulletin-daily"] == datetime(2026, 11, 21, 7, 30, tzinfo=zone)
    assert runs["bulletin-pictures"] == datetime(2026, 11, 23, 8, 30, tzinfo=zone), "the twentieth is a Friday"
    assert runs["bulletin-month"] == datetime(2026, 11, 25, 8, 0, tzinfo=zone)
