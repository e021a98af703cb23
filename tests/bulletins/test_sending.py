"""A bulletin is sent once for each day it is due on, whatever refuses, restarts or asks again."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.bulletins import LATE, send_due
from monitor.bulletins.sending import last_due
from monitor.errors import OutboxUnavailable
from monitor.ledger import Ledger
from monitor.notify import Outbox
from monitor.settings import BulletinKind, BulletinPlan, Settings
from tests.bulletins.test_bulletins import CONTRACT, UPLINK, settings_in
from tests.driven import DrivenClock
from tests.relay.world import Office, office
from tests.render.samples import at

ZONE = ZoneInfo("Asia/Shanghai")
PLAN = BulletinPlan(BulletinKind.DAILY, time(7, 30), ("tickets",))
HALF_PAST_SEVEN = at(16, 7, 30)
MINUTE = timedelta(minutes=1)


def record(folder: Path) -> Settings:
    return replace(settings_in(folder, until=HALF_PAST_SEVEN + 4 * timedelta(hours=1)), contracts=(CONTRACT,))


async def told(of: Office) -> list[str]:
    """What has arrived by now, first lines."""
    await of.quiet()
    return [text.split("\n")[0] for text in of.vendors.texts["sms"]]


async def ended(task: asyncio.Task[None], clock: DrivenClock) -> None:
    """Let time pass until it has ended, which is when it would be too late at the latest."""
    end = clock.now() + 2 * LATE
    while not task.done():
        assert clock.now() < end
        await clock.advance(MINUTE)


def clock_at(moment: datetime) -> DrivenClock:
    return DrivenClock(moment)


@pytest.mark.parametrize("late", [timedelta(0), MINUTE, LATE - MINUTE])
async def test_what_was_due_within_the_last_two_hours_is_made_up_for(tmp_path: Path, late: timedelta) -> None:
    settings = record(tmp_path)
    async with office(tmp_path / "office", UPLINK) as of:
        await send_due(PLAN, settings, clock_at(HALF_PAST_SEVEN + late), of.relay)
        (text,) = await told(of)
        assert "清河镇雪亮前端日报 2026-06-15" in text


async def test_what_was_due_longer_ago_is_left_out(tmp_path: Path) -> None:
    settings = record(tmp_path)
    async with office(tmp_path / "office", UPLINK) as of:
        await send_due(PLAN, settings, clock_at(HALF_PAST_SEVEN + LATE + MINUTE), of.relay)
        assert await told(of) == []


async def test_a_scheduler_whose_clock_is_a_little_ahead_of_ours_loses_no_day(tmp_path: Path) -> None:
    settings = record(tmp_path)
    async with office(tmp_path / "office", UPLINK) as of:
        await send_due(PLAN, settings, clock_at(HALF_PAST_SEVEN - timedelta(seconds=2)), of.relay)
        assert len(await told(of)) == 1


async def test_a_restart_sends_nothing_twice_and_does_not_even_read_the_record_for_it(tmp_path: Path) -> None:
    settings = record(tmp_path)
    async with office(tmp_path / "office", UPLINK) as of:
        await send_due(PLAN, settings, clock_at(HALF_PAST_SEVEN), of.relay)
        assert len(await told(of)) == 1
        world, vendors = of.world, of.vendors
        async with office(tmp_path / "again", UPLINK, world=world, vendors=vendors):
            pass
    shutil.copy(tmp_path / "office" / "ledger-outbox.db", tmp_path / "again" / "ledger-outbox.db")
    async with office(tmp_path / "again", UPLINK, world=world) as of:
        gone = replace(settings, ledger=tmp_path / "gone.db")
        await send_due(PLAN, gone, clock_at(HALF_PAST_SEVEN + 5 * MINUTE), of.relay)
        assert await told(of) == []


async def test_one_made_up_for_past_midnight_is_that_of_the_day_it_was_due_on(tmp_path: Path) -> None:
    settings, plan = record(tmp_path), replace(PLAN, at=time(23, 30))
    async with office(tmp_path / "office", UPLINK) as of:
        await send_due(plan, settings, clock_at(at(17, 0, 20)), of.relay)
        await send_due(plan, settings, clock_at(at(16, 23, 31)), of.relay)
        (text,) = await told(of)
        assert "日报 2026-06-15" in text


async def test_a_ledger_that_cannot_be_read_is_tried_again_until_it_can(tmp_path: Path) -> None:
    settings = record(tmp_path)
    away = settings.ledger.with_name("away.db")
    settings.ledger.rename(away)
    clock = clock_at(HALF_PAST_SEVEN)
    async with office(tmp_path / "office", UPLINK) as of:
        task = asyncio.create_task(send_due(PLAN, settings, clock, of.relay))
        for _ in range(3):
            await clock.advance(MINUTE)
        assert not task.done()
        away.rename(settings.ledger)
        await ended(task, clock)
        assert len(await told(of)) == 1


async def test_an_outbox_that_refuses_loses_no_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, clock = record(tmp_path), clock_at(HALF_PAST_SEVEN)
    async with office(tmp_path / "office", UPLINK) as of:
        refusals = iter([True, True])
        put = Outbox.put

        def full_at_first(outbox: Outbox, *what: object) -> int:
            if next(refusals, False):
                raise OutboxUnavailable("the disk is full")
            return put(outbox, *what)  # type: ignore[arg-type]

        monkeypatch.setattr(Outbox, "put", full_at_first)
        task = asyncio.create_task(send_due(PLAN, settings, clock, of.relay))
        await ended(task, clock)
        assert next(refusals, None) is None
        assert len(await told(of)) == 1


async def test_it_is_given_up_and_said_when_it_is_too_late(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings, clock = replace(record(tmp_path), ledger=tmp_path / "gone.db"), clock_at(HALF_PAST_SEVEN)
    async with office(tmp_path / "office", UPLINK) as of:
        task = asyncio.create_task(send_due(PLAN, settings, clock, of.relay))
        await ended(task, clock)
        assert "the bulletin daily of 2026-06-16T07:30:00+08:00 was not sent" in caplog.text
        assert "there is no ledger" in caplog.text


async def test_one_bulletin_opens_the_ledger_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, opened = record(tmp_path), []
    open_read_only = Ledger.open_read_only

    def counted(path: Path, vantage: str = "local") -> Ledger:
        opened.append(path)
        return open_read_only(path, vantage)

    monkeypatch.setattr(Ledger, "open_read_only", counted)
    async with office(tmp_path / "office", UPLINK) as of:
        for kind in BulletinKind:
            await send_due(replace(PLAN, kind=kind), settings, clock_at(HALF_PAST_SEVEN), of.relay)
    assert opened == [settings.ledger] * len(BulletinKind)


moments = st.integers(0, 2 * 366 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE)


@given(
    moments,
    st.times().map(lambda hour: hour.replace(second=0, microsecond=0)),
    st.lists(st.integers(1, 28), max_size=3, unique=True),
)
def test_the_last_due_instant_is_not_after_now_and_none_lies_between(
    now: datetime, hour: time, days: list[int]
) -> None:
    plan = replace(PLAN, at=hour, days=tuple(days))
    due = last_due(plan, now, ZONE)
    local = due.astimezone(ZONE)
    assert due <= now
    assert local.time() == hour
    assert not days or local.day in days
    later = (datetime.combine(local.date() + timedelta(days=n), hour, ZONE) for n in range(1, 63))
    assert not any(then <= now for then in later if not days or then.day in days)
